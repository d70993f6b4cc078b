import { dynamicProvider } from "./hosts/dynamicProvider";
import { engineAt } from "./hosts/engine";
import { resources } from "./hosts/resources";
import { EngineOperation } from "./operation";

// The address is the first argument of the process that Pulumi starts for dynamic resources.
const operation = new EngineOperation(engineAt(process.argv[2] ?? ""));

/**
 * What the provider process loads. Every state that was ever written leads here by this name: it must not change.
 */
export const campaignCancellation = dynamicProvider(resources.CampaignCancellation, operation);
/** As above. */
export const campaignStatus = dynamicProvider(resources.CampaignStatus, operation);
/** As above. */
export const campaign = dynamicProvider(resources.Campaign, operation);
