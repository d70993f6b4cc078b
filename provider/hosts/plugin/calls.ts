import { isDeepStrictEqual } from "node:util";
import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { explain, UserError } from "../../errors";
import type { EngineOperation, Operation } from "../../operation";
import { type Lookup, lookups } from "../../resources/lookups";
import type { Failure } from "../../resources/resource";
import { say } from "../../text";
import { discreet, type Hosted, hasSecretName, type Properties } from "../hosted";
import { resources } from "../resources";
import { received, recorded, sent, unary } from "./wire";

/** The calls of the engine that are about one resource, and its calls of lookups, which change nothing. */
export function resourceCalls(operation: () => EngineOperation) {
  /** @param timeout in seconds, from `customTimeouts` */
  const on = (urn: string, timeout = 0) => operation().on(urn, undefined, timeout * 1_000);
  return {
    check: unary(async (request: proto.CheckRequest) => {
      const olds = received(request.getOlds());
      const news = received(request.getNews());
      const urn = request.getUrn();
      const { inputs, failures } = await resourceOf(urn, news.secrets).check(on(urn), olds.values, news.values);
      const list = failures.map(checkFailure);
      return new messages.CheckResponse().setInputs(sent(inputs, news.secrets)).setFailuresList(list);
    }),

    diff: unary(async (request: proto.DiffRequest) => {
      const { values: olds } = received(request.getOlds());
      const { values: news, secrets } = received(request.getNews());
      const resource = resourceOf(request.getUrn(), secrets);
      const { changes, left } = await resource.diff(on(request.getUrn()), olds, news);
      return diffResponse(changes, changes ? differencesOf(resource, left, olds, news) : new Map());
    }),

    create: unary(async (request: proto.CreateRequest) => {
      const { values, secrets } = received(request.getProperties());
      const resource = resourceOf(request.getUrn(), secrets);
      const response = new messages.CreateResponse();
      if (request.getPreview()) return response.setProperties(sent(resource.previewOutputs(values), secrets));
      const { id, outs } = await recorded(secrets, () =>
        resource.create(on(request.getUrn(), request.getTimeout()), values),
      );
      return response.setId(id).setProperties(sent(outs, secrets));
    }),

    read: unary(async (request: proto.ReadRequest) => {
      const { values, secrets } = received(request.getProperties());
      const urn = request.getUrn();
      const { id, props, inputs } = await resourceOf(urn, secrets).read(on(urn), request.getId(), values);
      const response = new messages.ReadResponse().setId(id).setProperties(sent(props, secrets));
      return response.setInputs(inputs ? sent(inputs, secrets) : request.getInputs());
    }),

    update: unary(async (request: proto.UpdateRequest) => {
      const olds = received(request.getOlds()).values;
      const { values: news, secrets } = received(request.getNews());
      const resource = resourceOf(request.getUrn(), secrets);
      const response = new messages.UpdateResponse();
      if (request.getPreview()) return response.setProperties(sent(resource.previewOutputs(news, olds), secrets));
      const { outs } = await recorded(secrets, () =>
        resource.update(on(request.getUrn(), request.getTimeout()), olds, news),
      );
      return response.setProperties(sent(outs, secrets));
    }),

    delete: unary(async (request: proto.DeleteRequest) => {
      const { values, secrets } = received(request.getProperties());
      await resourceOf(request.getUrn(), secrets).delete(on(request.getUrn(), request.getTimeout()), values);
      return new Empty();
    }),

    invoke: unary(async (request: proto.InvokeRequest) => {
      const token = request.getTok();
      const lookup = Object.entries(lookups).find(([name]) => token === `hood:index:${name}`)?.[1];
      if (!lookup) throw new UserError(say`This version of pulumi-ocamba-hood has no function ${token}.`);
      const { values } = received(request.getArgs());
      return new messages.InvokeResponse().setReturn(sent(await ask(lookup, operation(), values)));
    }),
  };
}

export function checkFailure({ property, reason }: Failure): proto.CheckFailure {
  return new messages.CheckFailure().setProperty(property).setReason(reason);
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` */
function resourceOf(urn: string, secrets: ReadonlySet<string>): Hosted {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = Object.values(resources).find(({ type: own }) => type === `hood:index:${own}`);
  if (!resource) throw new UserError(say`This version of pulumi-ocamba-hood has no resource type ${type}.`);
  return hasSecretName(secrets) ? discreet(resource) : resource;
}

async function ask(lookup: Lookup, operation: Operation, args: Record<string, unknown>) {
  try {
    const found = await lookup(operation, args);
    // The engine takes nothing but objects.
    return Array.isArray(found) ? { campaigns: found } : found;
  } catch (error) {
    throw new UserError(explain(error));
  }
}

/** How one property differs, in the engine's words. None of them is ever a replacement. */
type Difference = "ADD" | "DELETE" | "UPDATE";

/** Which of the named properties differ between what the state has and what the program now gives. */
export function differencesIn(names: readonly string[], olds: Properties, news: Properties): Map<string, Difference> {
  const differences = new Map<string, Difference>();
  for (const name of names) {
    const [before, after] = [olds[name], news[name]];
    if (isDeepStrictEqual(before, after)) continue;
    differences.set(name, before === undefined ? "ADD" : after === undefined ? "DELETE" : "UPDATE");
  }
  return differences;
}

/** Arguments that differ; where none does, what a refresh or an unfinished update found is what changes. */
function differencesOf(
  resource: Hosted,
  left: readonly string[],
  olds: Properties,
  news: Properties,
): Map<string, Difference> {
  const names = resource.argumentNames.filter((name) => !left.includes(name));
  const differences = differencesIn(names, olds, news);
  return differences.size > 0 ? differences : new Map([[resource.live, "UPDATE"]]);
}

function diffResponse(changes: boolean, differences: Map<string, Difference>): proto.DiffResponse {
  const { DiffResponse, PropertyDiff } = messages;
  const response = new DiffResponse()
    .setChanges(DiffResponse.DiffChanges[changes ? "DIFF_SOME" : "DIFF_NONE"])
    .setDiffsList([...differences.keys()])
    .setHasdetaileddiff(true);
  for (const [name, kind] of differences) {
    response.getDetaileddiffMap().set(name, new PropertyDiff().setKind(PropertyDiff.Kind[kind]));
  }
  return response;
}
