import { campaignCancellation as cancellation } from "./campaignCancellation";
import { campaignStatus as status } from "./campaignStatus";
import { dynamicProvider } from "./doors/dynamic";
import { parentEngine } from "./doors/engine";
import { Operation } from "./doors/operation";

const operation = new Operation(parentEngine);

/**
 * What the provider process loads. Every state that was ever written leads here by this name: it must not change.
 */
export const campaignCancellation = dynamicProvider(cancellation, operation);
/** As above. */
export const campaignStatus = dynamicProvider(status, operation);
