/**
 * One call of the API. `replay` says whether it may be sent again when its fate isn't known; whoever retries reads this,
 * never the HTTP method:
 * - `freely`: it changes nothing.
 * - `afterLook`: only once a look at the live campaign has shown that it is still needed.
 */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly replay: "freely" | "afterLook";
  /** What the call is for, as the continuation of "can't …". */
  readonly purpose: string;
}

/** API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns-by_id */
export function viewCampaign(id: string): Endpoint {
  return { method: "GET", path: `/campaigns/${id}`, replay: "freely", purpose: `look at campaign ${id}` };
}

/** API page: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel */
export function cancelCampaign(id: string): Endpoint {
  return { method: "POST", path: `/campaigns/${id}/cancel`, replay: "afterLook", purpose: `cancel campaign ${id}` };
}

/**
 * One page of the campaigns in some statuses, the oldest first: those that join or leave while pages are read then shift
 * as few others as can be. API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns
 */
export function listCampaigns(statuses: readonly string[], page: number, size: number): Endpoint {
  const query = `status=in:${statuses.join()}&fields=id,name,status,update_time&sort=create_time&page=${page},${size}`;
  return { method: "GET", path: `/campaigns?${query}`, replay: "freely", purpose: "list campaigns" };
}
