/**
 * A campaign as Hood shows it, with names in camelCase. Date-times are ISO 8601 in UTC, such as `"2026-05-01T12:00:00Z"`.
 * What Hood doesn't show, or shows as `null`, is left out. Fields that Hood's pages don't document keep Hood's names.
 */
export interface CampaignInfo {
  /** Id of the campaign: decimal digits, as a string. */
  id: string;
  /** Name of the campaign. */
  name: string;
  /**
   * Status as Hood calls it: `"draft"`, `"manual"`, `"scheduled"`, `"running"`, `"paused"`, `"canceled"`, `"sent"`,
   * `"needs_decision"`, or one that Hood's pages don't document.
   */
  status: string;
  /** Id of the company that the campaign belongs to: decimal digits. */
  companyId?: string;
  /** Id of the member who made the campaign: decimal digits. */
  creatorId?: string;
  /** The member who made the campaign: `id`, `name`, `image`, and `status`, which is the member's own. */
  creator?: Record<string, unknown>;
  /** What the campaign is for, in its author's words. */
  description?: string;
  /** Labels, such as `["spring", "eu"]`. */
  labels?: string[];
  /** Free keys and values. */
  metadata?: Record<string, unknown>;
  /** Whether it was launched. */
  wasLaunched?: boolean;
  /** When it is, or was, to start. */
  scheduledTime?: string;
  /** When it runs next. */
  nextRunTime?: string;
  /** How often it has run. */
  runCounter?: number;
  /** How it recurs, as Hood writes it. */
  recurrence?: Record<string, unknown>;
  /** When it ends for good, where it recurs. */
  endTime?: string;
  /** The A/B test: `name`, `testSplit` (percent), `winningMetric`, `evaluationWindow` (such as `"5D 20H 30M"`), `winnerDeliveryMode`. */
  abTest?: Record<string, unknown>;
  /** The messages, each with its `id`, `name` and `channel` (`"push"`, `"email"` or `"sms"`), and the channel's content. */
  messages?: Record<string, unknown>[];
  /** UTM parameters for links, as Hood writes them. */
  utmTracking?: Record<string, unknown>;
  /** When nothing is sent, as Hood writes it. */
  quietHours?: Record<string, unknown>;
  /** Whom it is sent to, as Hood writes it. */
  targeting?: Record<string, unknown>;
  /** Whether each profile gets it at the time in its own time zone. */
  sendInProfileTimeZone?: boolean;
  /** Whether profiles still get it for which that time has passed. */
  sendIfProfileTimePassed?: boolean;
  /** Id of the deal that it belongs to: decimal digits. */
  dealId?: string;
  /** Cost, revenue and profit; money is a string, such as `"12.50"`. */
  financialPerformance?: Record<string, unknown>;
  /** When it was created. */
  createTime?: string;
  /** When it was last changed. */
  updateTime?: string;
  /** Whatever else Hood shows, as Hood names and writes it. */
  [field: string]: unknown;
}

/** A campaign of which only some fields were asked for: its id in any case, and of those what Hood shows. */
export interface CampaignPart extends Partial<CampaignInfo> {
  /** Id of the campaign: decimal digits, as a string. */
  id: string;
}
