/**
 * A campaign as Hood shows it, with names in camelCase. Dates with times are ISO 8601 in UTC, such as `"2026-05-01T12:00:00Z"`.
 * What Hood doesn't show, or shows as `null`, is left out. Fields that Hood's pages don't document keep Hood's names.
 */
export interface CampaignInfo {
  /** Id of the campaign: decimal digits, as a string. */
  id: string;
  /** Name of the campaign. */
  name: string;
  /**
   * Status in Hood's words: `"draft"`, `"manual"`, `"scheduled"`, `"running"`, `"paused"`, `"canceled"`, `"sent"`,
   * `"needs_decision"`, or one that Hood's pages don't document.
   */
  status: string;
  /** Id of the company that the campaign belongs to: decimal digits. */
  companyId?: string;
  /** Id of the member who created the campaign: decimal digits. */
  creatorId?: string;
  /** The member who created the campaign: `id`, `name`, `image`, and `status`, which is the member's own. */
  creator?: Record<string, unknown>;
  /** What the campaign is for. */
  description?: string;
  /** Labels, such as `["spring", "eu"]`. */
  labels?: string[];
  /** Keys and values of its author's own. */
  metadata?: Record<string, unknown>;
  /** Whether it was launched. */
  wasLaunched?: boolean;
  /** When it starts, or was planned to start. */
  scheduledTime?: string;
  /** When it runs next. */
  nextRunTime?: string;
  /** How often it has run. */
  runCounter?: number;
  /** How it recurs, as Hood writes it. */
  recurrence?: Record<string, unknown>;
  /** When it stops for good, if it recurs. */
  endTime?: string;
  /** The A/B test: `name`, `testSplit` (percent), `winningMetric`, `evaluationWindow` (such as `"5D 20H 30M"`), `winnerDeliveryMode`. */
  abTest?: Record<string, unknown>;
  /** The messages, each with its `id`, `name` and `channel` (`"push"`, `"email"` or `"sms"`), and the channel's content. */
  messages?: Record<string, unknown>[];
  /** UTM parameters for links, as Hood writes them. */
  utmTracking?: Record<string, unknown>;
  /** When nothing is sent, as Hood writes it. */
  quietHours?: Record<string, unknown>;
  /** Who gets it, as Hood writes it. */
  targeting?: Record<string, unknown>;
  /** Whether each profile gets it at the time in its own time zone. */
  sendInProfileTimeZone?: boolean;
  /** Whether profiles for which that time has passed still get it. */
  sendIfProfileTimePassed?: boolean;
  /** Id of the deal that it belongs to: decimal digits. */
  dealId?: string;
  /** Cost, revenue and profit; money is a string, such as `"12.50"`. */
  financialPerformance?: Record<string, unknown>;
  /** When it was created. */
  createTime?: string;
  /** When it was last changed. */
  updateTime?: string;
  /** Any other field that Hood shows, as Hood names and writes it. */
  [field: string]: unknown;
}

/** A campaign of which only some fields were requested: its id, and those of the fields that Hood shows. */
export interface CampaignPart extends Partial<CampaignInfo> {
  /** Id of the campaign: decimal digits, as a string. */
  id: string;
}
