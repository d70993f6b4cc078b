import { campaignCancellation as resource } from "./campaignCancellation";
import { dynamicProvider } from "./doors/dynamic";
import { parentEngine } from "./doors/engine";
import { Operation } from "./doors/operation";

const operation = new Operation(parentEngine);

/**
 * What the provider process loads. Every state that was ever written leads here by this name: it must not change.
 */
export const campaignCancellation = dynamicProvider(resource, operation);
