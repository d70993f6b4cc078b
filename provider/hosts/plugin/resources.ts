import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { UnfinishedError, UserError } from "../../errors";
import type { EngineOperation } from "../../operation";
import type { Failure } from "../../resources/resource";
import { say } from "../../text";
import { discreet } from "../discreet";
import type { Hosted, Properties } from "../hosted";
import { resources } from "../resources";
import { differencesIn } from "./detailedDiff";
import { UnfinishedWithSecrets, unary } from "./rpc";
import { received, sent } from "./values";

/** The calls of the engine that are about one resource. */
export function resourceCalls(operation: () => EngineOperation) {
  /** @param timeout in seconds, from `customTimeouts` */
  const on = (urn: string, timeout = 0) => operation().on(urn, undefined, timeout * 1_000);
  return {
    check: unary(async (request: proto.CheckRequest) => {
      const olds = received(request.getOlds());
      const news = received(request.getNews());
      const urn = request.getUrn();
      const { inputs, failures } = await resourceOf(urn, news.secrets).check(on(urn), olds.values, news.values);
      const response = new messages.CheckResponse();
      response.setInputs(sent(inputs, news.secrets));
      response.setFailuresList(failures.map(checkFailure));
      return response;
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
      if (request.getPreview()) {
        response.setProperties(sent(resource.previewOutputs(values), secrets));
        return response;
      }
      const { id, outs } = await recorded(secrets, () =>
        resource.create(on(request.getUrn(), request.getTimeout()), values),
      );
      response.setId(id);
      response.setProperties(sent(outs, secrets));
      return response;
    }),

    read: unary(async (request: proto.ReadRequest) => {
      const { values, secrets } = received(request.getProperties());
      const urn = request.getUrn();
      const { id, props, inputs } = await resourceOf(urn, secrets).read(on(urn), request.getId(), values);
      const response = new messages.ReadResponse();
      response.setId(id);
      response.setProperties(sent(props, secrets));
      response.setInputs(inputs ? sent(inputs, secrets) : request.getInputs());
      return response;
    }),

    update: unary(async (request: proto.UpdateRequest) => {
      const olds = received(request.getOlds()).values;
      const { values: news, secrets } = received(request.getNews());
      const resource = resourceOf(request.getUrn(), secrets);
      const response = new messages.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(sent(resource.previewOutputs(news, olds), secrets));
        return response;
      }
      const { outs } = await recorded(secrets, () =>
        resource.update(on(request.getUrn(), request.getTimeout()), olds, news),
      );
      response.setProperties(sent(outs, secrets));
      return response;
    }),

    delete: unary(async (request: proto.DeleteRequest) => {
      const { values, secrets } = received(request.getProperties());
      await resourceOf(request.getUrn(), secrets).delete(on(request.getUrn(), request.getTimeout()), values);
      return new Empty();
    }),
  };
}

export function checkFailure({ property, reason }: Failure): proto.CheckFailure {
  const failure = new messages.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME` */
function resourceOf(urn: string, secrets: ReadonlySet<string>): Hosted {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const resource = Object.values(resources).find(({ type: own }) => type === `hood:index:${own}`);
  if (!resource) throw new UserError(say`This version of pulumi-ocamba-hood has no resource type ${type}.`);
  return secrets.has("expectedName") ? discreet(resource) : resource;
}

/** Arguments that differ; where none does, what a refresh or an unfinished update found is what changes. */
function differencesOf(
  resource: Hosted,
  left: readonly string[],
  olds: Properties,
  news: Properties,
): ReturnType<typeof differencesIn> {
  const names = resource.argumentNames.filter((name) => !left.includes(name));
  const differences = differencesIn(names, olds, news);
  return differences.size > 0 ? differences : new Map([[resource.live, "UPDATE"]]);
}

function diffResponse(changes: boolean, differences: ReturnType<typeof differencesIn>): proto.DiffResponse {
  const { DiffResponse, PropertyDiff } = messages;
  const response = new DiffResponse();
  response.setChanges(DiffResponse.DiffChanges[changes ? "DIFF_SOME" : "DIFF_NONE"]);
  response.setDiffsList([...differences.keys()]);
  response.setHasdetaileddiff(true);
  for (const [name, kind] of differences) {
    const difference = new PropertyDiff();
    difference.setKind(PropertyDiff.Kind[kind]);
    response.getDetaileddiffMap().set(name, difference);
  }
  return response;
}

/** Lets the engine record what was begun and not finished. */
async function recorded<T>(secrets: ReadonlySet<string>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof UnfinishedError ? new UnfinishedWithSecrets(error, secrets) : error;
  }
}
