/**
 * Everything that the provider assumes of a Hood account. Much of Hood's API isn't documented: each row says what an assumption stands
 * on, and what the provider does if it doesn't hold. Comments in `provider/` name the rows that a piece of code relies on.
 */
export interface Assumption {
  /** What the provider assumes, as a sentence. */
  readonly holds: string;
  /** The page of Hood's documentation that says so, or what it was inferred from. */
  readonly standsOn: string;
  /** The request that shows it; `none` if only a call that changes something could. */
  readonly shownBy: string;
  /** What the provider does if it doesn't hold. */
  readonly otherwise: string;
  /** The page of this package that explains it. */
  readonly page: string;
  /** What in the code relies on it: paths, query parameters, headers, HTTP statuses, fields, and what leads from status to status. */
  readonly covers?: string;
}

const NEVER = "none";
const LISTS = "docs/decisions/0004-reads.md";
const LIMITER = "docs/decisions/0003-limiter.md";
const LIFE = "docs/decisions/0005-lifecycle.md";
const CREATES = "docs/decisions/0006-create-once.md";
const REACH = "docs/troubleshooting.md#the-account-cant-be-read";
const FIELDS = "docs/reference.md#campaigninfo";

export const assumptions = {
  settings: {
    holds: "Every setting can be read.",
    standsOn: "this package",
    shownBy: NEVER,
    otherwise: "Nothing is sent before it is corrected; `pulumi preview` says what is wrong with it.",
    page: "docs/reference.md#settings",
  },
  config: {
    holds: "The stack's config is read as well as the environment.",
    standsOn: "Pulumi: `pulumi config`",
    shownBy: NEVER,
    otherwise: "These checks used the environment alone: set HOOD_TOKEN and what else the stack's config holds.",
    page: "docs/reference.md#settings",
  },
  name: {
    holds: "The endpoint's name has an address.",
    standsOn: "documented: view-campaigns (the base URL)",
    shownBy: "the first GET",
    otherwise: "Nothing is sent. Check the network, and hood:endpoint.",
    page: REACH,
  },
  connection: {
    holds: "Somebody answers there, within hood:timeout.",
    standsOn: "documented: view-campaigns (the base URL)",
    shownBy: "the first GET",
    otherwise:
      "Reads are tried again, up to six times. Check the network, hood:endpoint, and whether a proxy is needed.",
    page: REACH,
  },
  certificate: {
    holds: "The connection is secure, and the certificate is trusted.",
    standsOn: "documented: view-campaigns (https)",
    shownBy: "the first GET",
    otherwise:
      "Nothing is sent, unless NODE_TLS_REJECT_UNAUTHORIZED is 0. NODE_EXTRA_CA_CERTS names the certificate of a proxy of your own.",
    page: "docs/security.md#the-token",
  },
  authority: {
    holds: "The certificate comes from an authority that everybody trusts.",
    standsOn: "inferred: api.ocamba.com is public",
    shownBy: "the first GET",
    otherwise: "The provider works. Whoever runs that authority, such as a proxy, can read the token.",
    page: "docs/security.md#the-token",
  },
  proxy: {
    holds: "Nothing between here and the account changes what is sent.",
    standsOn: "HTTP: the header Via",
    shownBy: "the first GET",
    otherwise: "The provider works, as long as the proxy passes everything on, 429 and Retry-After too.",
    page: "docs/security.md#the-token",
    covers: "content-encoding 407",
  },
  path: {
    holds: "hood:endpoint is the API's base URL: a list of campaigns answers there.",
    standsOn: "documented: view-campaigns",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "The provider can't use what answers. Check hood:endpoint, and that no login page is in between.",
    page: REACH,
    covers: "/campaigns 200 300 500 408 425 items",
  },
  token: {
    holds: "The token is accepted, and may read campaigns; a wrong one is answered 401.",
    standsOn: "documented: create-personal-api-keys-validate; for campaigns inferred",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "Nothing works without a token: `pulumi config set --secret hood:token`, or HOOD_TOKEN.",
    page: REACH,
    covers: "401 403",
  },
  clock: {
    holds: "Answers have a Date, and this machine's clock agrees with it.",
    standsOn: "HTTP: the header Date",
    shownBy: "every GET",
    otherwise:
      "Ages of campaigns go by the account's clock, if it shows one; times in the audit log and in waits go by this machine's.",
    page: CREATES,
    covers: "date",
  },
  headers: {
    holds: "Every answer but a 429 tells of one window: X-RateLimit-Limit, -Remaining, and -Reset in seconds left.",
    standsOn: "documented: rate-limits",
    shownBy: "every GET",
    otherwise: "The provider counts its own requests, and doesn't see those of others.",
    page: LIMITER,
    covers: "x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset",
  },
  shortWindow: {
    holds: "The shortest window of hood:rateLimit is the account's.",
    standsOn: "documented: rate-limits, view-campaigns (10/1s)",
    shownBy: "X-RateLimit of several GETs",
    otherwise: "A lower limit counts from when it is seen; a higher one isn't used before hood:rateLimit says so.",
    page: LIMITER,
  },
  longWindow: {
    holds: "The longer windows of hood:rateLimit are the account's.",
    standsOn: "documented: rate-limits, view-campaigns (150/60s)",
    shownBy: "X-RateLimit of several GETs",
    otherwise: "A lower limit counts from when it is seen; a higher one isn't used before hood:rateLimit says so.",
    page: LIMITER,
  },
  seconds: {
    holds: "Windows begin at whole seconds of the account's clock.",
    standsOn: "inferred: fixed windows; the provider doesn't rely on it",
    shownBy: "GETs a quarter of a second apart",
    otherwise: "Nothing changes: the provider finds out where windows begin.",
    page: LIMITER,
  },
  minutes: {
    holds: "Windows of a minute begin at whole minutes of the account's clock.",
    standsOn: "inferred: fixed windows; the provider doesn't rely on it",
    shownBy: "X-RateLimit-Reset and Date of several GETs",
    otherwise: "Nothing changes: the provider finds out where windows begin.",
    page: LIMITER,
  },
  oneCounter: {
    holds: "Lists and single campaigns use up the same windows.",
    standsOn: "inferred: rate-limits (counted for the account)",
    shownBy: "GETs of both, one after the other",
    otherwise: "The provider is slower than it could be.",
    page: LIMITER,
  },
  parallel: {
    holds: "As many requests at once as hood:maxParallel says are accepted.",
    standsOn: "not documented; inferred from older notes (10)",
    shownBy: "hood:maxParallel GETs at once",
    otherwise:
      "Fewer are sent at once after the first answer of that kind. A lower hood:maxParallel spares those answers.",
    page: LIMITER,
  },
  rejections: {
    holds:
      "A request that is one too many is answered 429, did nothing, and mostly has Retry-After: seconds, or -1 for too many at once.",
    standsOn: "documented: rate-limits; that it did nothing is inferred",
    shownBy: "a 429, which is never provoked",
    otherwise: "Pauses that double, until hood:maxWait is over.",
    page: LIMITER,
    covers: "429 retry-after",
  },
  total: {
    holds: "A list says how many campaigns it has, as a number.",
    standsOn: "documented: view-campaigns",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "A text of digits is read too. Without a total, lookups fail, and campaigns are read one by one.",
    page: LISTS,
    covers: "total",
  },
  pageSize: {
    holds: "A page may have 100 campaigns or more.",
    standsOn: "not documented (10 by default): 500, 100 and 10 are tried",
    shownBy: "GET /campaigns?page=1,500",
    otherwise: "Every list takes more requests.",
    page: LISTS,
    covers: "page",
  },
  fullPages: {
    holds: "Pages of a list that stands still go on from each other, without gap or overlap.",
    standsOn: "documented: view-campaigns (page=N,M)",
    shownBy: "GET /campaigns?page=1,N and page=2,N",
    otherwise: "A campaign that a list doesn't show is read alone; a lookup that contradicts itself fails.",
    page: LISTS,
  },
  pastTheEnd: {
    holds: "A page past the end is empty, or answered 400.",
    standsOn: "not documented",
    shownBy: "GET /campaigns?page=N,10, past the end",
    otherwise: "A list that shrinks while it is read may be read again and again, and then fails.",
    page: LISTS,
  },
  movingList: {
    holds: "A new campaign moves the others back by one place, and nothing else.",
    standsOn: "inferred: view-campaigns (pages are numbered)",
    shownBy: "the newest campaigns, at the beginning and at the end",
    otherwise:
      "A create whose answer was lost may not be found. Then it isn't sent again, and the update ends with an error.",
    page: CREATES,
  },
  filter: {
    holds: "status=in:… shows the campaigns in these statuses, and no others.",
    standsOn: "documented: adex api-overview, for this list",
    shownBy: "GET /campaigns?status=in:…",
    otherwise: "Campaigns are read one by one, or from the list of all.",
    page: LISTS,
    covers: "status in:",
  },
  search: {
    holds: "q and q_fields search name and description.",
    standsOn: "documented: view-campaigns",
    shownBy: "GET /campaigns?q=…&q_fields=name,description, for a word that nobody uses, and for a name",
    otherwise: "getCampaigns with `search` finds what Hood finds; nothing else uses it.",
    page: "docs/resources.md#lookups",
    covers: "q q_fields",
  },
  fields: {
    holds: "fields=… shows these fields, and no others.",
    standsOn: "documented: view-campaigns",
    shownBy: "GET /campaigns?fields=…",
    otherwise: "Answers are larger. If it is rejected, new cancellations are read one by one.",
    page: LISTS,
    covers: "fields",
  },
  sort: {
    holds: "sort=create_time shows the oldest first, sort=-create_time,name the newest.",
    standsOn: "documented: view-campaigns",
    shownBy: "GET /campaigns?sort=create_time, and sort=-create_time,name",
    otherwise: "Before a create, the whole list is read rather than its first pages.",
    page: CREATES,
    covers: "sort create_time",
  },
  ids: {
    holds: "Ids are decimal digits, as texts.",
    standsOn: "documented by example: view-campaigns",
    shownBy: "all campaigns that were read",
    otherwise: "Numbers are read up to 2^53. A campaign with any other id is left out.",
    page: FIELDS,
    covers: "id",
  },
  statuses: {
    holds: "Every status in use is one that the provider knows.",
    standsOn: "documented: create-campaigns and others (eight of them)",
    shownBy: "all campaigns that were read",
    otherwise: "Nothing is sent to a campaign in another status, and no such status counts as canceled or ended.",
    page: "docs/reference.md#the-life-of-a-campaign",
  },
  fieldNames: {
    holds: "Campaigns have the fields that Hood's pages show.",
    standsOn: "documented by example: view-campaigns, create-campaigns",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "Other fields are passed on under Hood's own names.",
    page: FIELDS,
    covers: "name description",
  },
  labels: {
    holds: "labels is an array of texts.",
    standsOn: "documented by example: view-campaigns (older pages: one text with commas)",
    shownBy: "all campaigns that were read",
    otherwise: "One text with commas is read as the same labels.",
    page: FIELDS,
    covers: "labels",
  },
  times: {
    holds: "Times are YYYY-MM-DD HH:MM:SS, in GMT.",
    standsOn: "documented: view-campaigns",
    shownBy: "all campaigns that were read",
    otherwise:
      "A time of another form counts as unknown: a create stops if it meets a campaign of its own without an age.",
    page: CREATES,
    covers: "update_time scheduled_time",
  },
  metadata: {
    holds: "metadata comes back in lists, and may have keys of any name.",
    standsOn: "documented by example: view-campaigns; free keys are inferred",
    shownBy: "all campaigns that were read",
    otherwise:
      "A create with other keys is sent once more without the mark, if it is rejected; a lost create may not be found.",
    page: CREATES,
    covers: "metadata",
  },
  mark: {
    holds: "The mark that a create writes into metadata comes back as it was.",
    standsOn: "inferred: metadata comes back",
    shownBy: "all campaigns that were read, if the provider created one of them",
    otherwise:
      "A create whose answer was lost isn't found: the update ends with an error that lists campaigns of its name.",
    page: CREATES,
  },
  view: {
    holds: "A single campaign comes as a list of one, and shows what the list shows.",
    standsOn: "documented: view-campaigns-by_id",
    shownBy: "GET /campaigns/{id}",
    otherwise: "If its id and status can't be found in the answer, it counts as unknown, and nothing is sent to it.",
    page: LISTS,
    covers: "/campaigns/{id}",
  },
  unknownId: {
    holds: "An unknown id is answered 400, or 404.",
    standsOn: "inferred: create-deals-by_id-archive, set-winner (400)",
    shownBy: "GET /campaigns/{id}, with an id that no list shows",
    otherwise:
      "An empty list counts as unknown too. Anything else looks like a failure of the account, and the preview says so.",
    page: REACH,
    covers: "400 404",
  },
  errors: {
    holds: "An error is an object with title, message and trace_id.",
    standsOn: "documented: view-campaigns (message or trace_id may be missing)",
    shownBy: "GET /campaigns/{id}, with an id that no list shows",
    otherwise: "Messages name the HTTP status alone.",
    page: REACH,
    covers: "title message trace_id",
  },
  cancel: {
    holds: "POST /campaigns/{id}/cancel cancels for good, from running, scheduled and paused only, and answers 204.",
    standsOn: "documented: create-campaigns-by_id-cancel",
    shownBy: NEVER,
    otherwise: "Any other answer is followed by a read, which decides.",
    page: "docs/resources.md#campaigncancellation",
    covers: "/campaigns/{id}/cancel cancel 204",
  },
  pauseAndResume: {
    holds:
      "…/pause takes running and scheduled, …/resume takes paused, with run_immediately: 1 or a time; both answer 204.",
    standsOn: "documented: create-campaigns-by_id-pause, -resume; where a resume leads is inferred",
    shownBy: NEVER,
    otherwise:
      "Any other answer is followed by a read, which decides. What may have been sent isn't sent again blindly.",
    page: LIFE,
    covers: "/campaigns/{id}/pause /campaigns/{id}/resume pause resume",
  },
  life: {
    holds:
      "Campaigns move on by themselves only from scheduled to running, and from there to sent, scheduled or needs_decision.",
    standsOn: "inferred: create-campaigns, ab-testing-experiments",
    shownBy: NEVER,
    otherwise:
      "A status that time doesn't explain is drift: the next update reads the campaign, and says what it would send.",
    page: LIFE,
    covers: "time set-winner",
  },
  create: {
    holds: "POST /campaigns makes one campaign, and answers 201 (or 200) with the whole of it.",
    standsOn: "documented: create-campaigns",
    shownBy: NEVER,
    otherwise: "The create counts as unknown: it is looked for by its mark, and never sent again blindly.",
    page: CREATES,
    covers: "201 launch",
  },
  edit: {
    holds: "PATCH /campaigns/{id} is a JSON merge patch, for draft, manual, scheduled and paused, and answers 204.",
    standsOn: "documented: update-campaigns-by_id; the statuses by exclusion",
    shownBy: NEVER,
    otherwise: "Any other answer is followed by a read; what the account stores in another way is no drift.",
    page: "docs/resources.md#campaign",
  },
  lag: {
    holds: "A read that follows a call shows what the call did, a few seconds later at most.",
    standsOn: "not documented",
    shownBy: NEVER,
    otherwise: "A call whose answer was lost is looked for during a minute, and then counts as unknown.",
    page: LIFE,
  },
} as const satisfies Record<string, Assumption>;

export type AssumptionName = keyof typeof assumptions;

export const names = Object.keys(assumptions) as AssumptionName[];
