import { campaign as definition } from "./campaign";
import { campaignCancellation as cancellation } from "./campaignCancellation";
import { campaignStatus as status } from "./campaignStatus";
import { dynamicProvider } from "./doors/dynamic";
import { engineAt } from "./doors/engine";
import { Operation } from "./doors/operation";

// The address is the first argument of the process that Pulumi starts for dynamic resources.
const operation = new Operation(engineAt(process.argv[2] ?? ""));

/**
 * What the provider process loads. Every state that was ever written leads here by this name: it must not change.
 */
export const campaignCancellation = dynamicProvider(cancellation, operation);
/** As above. */
export const campaignStatus = dynamicProvider(status, operation);
/** As above. */
export const campaign = dynamicProvider(definition, operation);
