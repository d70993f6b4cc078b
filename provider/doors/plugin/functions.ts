import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { UserError } from "../../errors";
import { checkArguments, getCampaign, getCampaigns } from "../../lookups";
import { explain } from "../../messages";
import type { Operation } from "../operation";
import { unary } from "./rpc";
import { received, sent } from "./values";

/** By the token that programs use. */
const functions = {
  "hood:index:getCampaign": getCampaign,
  "hood:index:getCampaigns": getCampaigns,
} as const;

/** The engine's calls of functions: lookups, which change nothing. */
export function functionCalls(operation: () => Operation) {
  return {
    invoke: unary(async (request: proto.InvokeRequest) => {
      const lookup = functions[request.getTok() as keyof typeof functions];
      if (!lookup) throw new UserError(`This version of pulumi-ocamba-hood has no function ${request.getTok()}.`);
      const { values } = received(request.getArgs());
      const response = new messages.InvokeResponse();
      response.setReturn(sent(await ask(lookup, operation(), values)));
      return response;
    }),
  };
}

type Lookup = (typeof functions)[keyof typeof functions];

async function ask(lookup: Lookup, operation: Operation, args: Record<string, unknown>) {
  try {
    checkArguments(lookup.rules, args);
    const found = await lookup.ask(operation.account(), args);
    // The engine takes nothing but objects.
    return Array.isArray(found) ? { campaigns: found } : { ...(found as object) };
  } catch (error) {
    throw new UserError(explain(error));
  }
}
