import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { UserError } from "../../errors";
import { explain } from "../../messages";
import type { Operation } from "../../operation";
import { type Lookup, lookups } from "../../resources/lookups";
import { say } from "../../text";
import { unary } from "./rpc";
import { received, sent } from "./values";

/** The engine's calls of functions: lookups, which change nothing. */
export function functionCalls(operation: () => Operation) {
  return {
    invoke: unary(async (request: proto.InvokeRequest) => {
      const token = request.getTok();
      const lookup = Object.entries(lookups).find(([name]) => token === `hood:index:${name}`)?.[1];
      if (!lookup) throw new UserError(say`This version of pulumi-ocamba-hood has no function ${token}.`);
      const { values } = received(request.getArgs());
      const response = new messages.InvokeResponse();
      response.setReturn(sent(await ask(lookup, operation(), values)));
      return response;
    }),
  };
}

async function ask(lookup: Lookup, operation: Operation, args: Record<string, unknown>) {
  try {
    const found = await lookup(() => operation.account(), args);
    // The engine takes nothing but objects.
    return Array.isArray(found) ? { campaigns: found } : found;
  } catch (error) {
    throw new UserError(explain(error));
  }
}
