/** A call that moves a campaign from one status to another, by the last part of its path. */
export type Action = "pause" | "resume" | "cancel";

/**
 * One call of the API. `replay` says whether it may be sent again when its effect is unknown; whoever retries reads this, never the
 * HTTP method:
 * - `freely`: it changes nothing.
 * - `afterRead`: only once the campaign was read, and that has shown that the call is still needed.
 * - `never`: it makes something new each time, and what isn't there yet may still come.
 */
export interface Endpoint {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly replay: "freely" | "afterRead" | "never";
  /** What the call is for, as the continuation of "can't …". */
  readonly purpose: string;
}

/** API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns-by_id */
export function viewCampaign(id: string): Endpoint {
  return { method: "GET", path: `/campaigns/${id}`, replay: "freely", purpose: `read campaign ${id}` };
}

/**
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel, -pause, -resume
 *
 * doctor/assumptions.ts: cancel, pauseAndResume
 */
export function actOnCampaign(id: string, action: Action): Endpoint {
  return {
    method: "POST",
    path: `/campaigns/${id}/${action}`,
    replay: "afterRead",
    purpose: `${action} campaign ${id}`,
  };
}

/** API page: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns; doctor/assumptions.ts: create */
export function createCampaign(): Endpoint {
  return { method: "POST", path: "/campaigns", replay: "never", purpose: "create a campaign" };
}

/** API page: docs.ocamba.com/api/hood/v1.0/reference/update-campaigns-by_id; doctor/assumptions.ts: edit */
export function editCampaign(id: string): Endpoint {
  return { method: "PATCH", path: `/campaigns/${id}`, replay: "afterRead", purpose: `edit campaign ${id}` };
}

/** What a list of campaigns is asked for; each part in Hood's own notation. */
export interface ListQuery {
  /** One or more statuses; all if it is left out. */
  readonly status?: readonly string[];
  /** A part of the name or description. */
  readonly q?: string;
  readonly fields?: readonly string[];
  readonly sort: string;
}

/** One page of a list of campaigns. API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns */
export function listCampaigns({ status, q, fields, sort }: ListQuery, page: number, size: number): Endpoint {
  const parts = [
    status && `status=in:${status.map(encodeURIComponent).join()}`,
    // Without the fields, Hood looks in one of its own choice.
    q !== undefined && `q=${encodeURIComponent(q)}&q_fields=name,description`,
    fields && `fields=${fields.map(encodeURIComponent).join()}`,
    `sort=${encodeURIComponent(sort).replaceAll("%2C", ",")}`,
    `page=${page},${size}`,
  ];
  const path = `/campaigns?${parts.filter(Boolean).join("&")}`;
  return { method: "GET", path, replay: "freely", purpose: "list campaigns" };
}
