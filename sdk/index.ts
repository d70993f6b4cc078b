export * from "./campaign";
export * from "./campaignCancellation";
export * from "./campaignStatus";
export * from "./lookups";
