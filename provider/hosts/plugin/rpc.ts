import { inspect } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { type UnfinishedError, UserError } from "../../errors";
import { forPeople } from "../../text";
import { encoded } from "../hosted";
import { sent } from "./values";

type Handler<Request, Response> = grpc.handleUnaryCall<Request, Response>;

/** One call of the engine's, answered by what `act` resolves to, or with its error in the form that the engine reads. */
export function unary<Request, Response>(
  act: (request: Request) => Response | Promise<Response>,
): Handler<Request, Response> {
  return (call, done) => {
    Promise.resolve(call.request)
      .then(act)
      .then(
        (response) => done(null, response),
        (error: unknown) => done(serviceError(error)),
      );
  };
}

/** Marks the properties of an unfinished resource that hold secrets, on the way to the engine. */
export class UnfinishedWithSecrets extends Error {
  constructor(
    readonly unfinished: UnfinishedError,
    readonly secrets: ReadonlySet<string>,
  ) {
    super(unfinished.message);
  }
}

function serviceError(error: unknown): Partial<grpc.StatusObject> {
  const code = grpc.status.UNKNOWN;
  if (error instanceof UnfinishedWithSecrets) return { code, details: error.message, metadata: recordOf(error) };
  // A defect is worth its stack, which the engine shows from what a plugin prints.
  if (!(error instanceof UserError)) console.error(forPeople(inspect(error)));
  return { code, details: forPeople(error instanceof Error ? error.message : String(error)) };
}

/** What the engine records of a resource that was begun and not finished. */
function recordOf({ unfinished, secrets }: UnfinishedWithSecrets): grpc.Metadata {
  const failed = new ErrorResourceInitFailed();
  failed.setId(unfinished.id);
  failed.setProperties(sent(encoded(unfinished.state), secrets));
  failed.setReasonsList([unfinished.message]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(unfinished.message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
