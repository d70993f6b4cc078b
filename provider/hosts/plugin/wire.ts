import { inspect } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UnfinishedError, UserError } from "../../errors";
import { forPeople, isObject } from "../../text";
import { encoded, type Properties, withCompared } from "../hosted";

/** How the engine marks a special value, and which of them a secret is. https://www.pulumi.com/docs/reference/pulumi-sdk/ */
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Properties as the engine sent them: plain values, and the names of those that hold a secret somewhere. */
export interface Received {
  readonly values: Properties;
  readonly secrets: ReadonlySet<string>;
}

export function received(struct: Struct | undefined): Received {
  const values: Properties = {};
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    values[name] = open(value, () => secrets.add(name));
  }
  return { values, secrets: withCompared(secrets) };
}

/** Properties for the engine; those of the given names are marked as secrets, whole. */
export function sent(values: Properties, secrets: ReadonlySet<string> = new Set()): Struct {
  const marked = Object.entries(encoded(values)).map(([name, value]) => [
    name,
    secrets.has(name) ? { [MARK]: SECRET, value } : value,
  ]);
  return Struct.fromJavaScript(Object.fromEntries(marked));
}

/** A value without the marks of the secrets in it. */
function open(value: unknown, isSecret: () => void): unknown {
  if (Array.isArray(value)) return value.map((item) => open(item, isSecret));
  if (!isObject(value)) return value;
  if (value[MARK] === SECRET) {
    isSecret();
    return open(value.value, isSecret);
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner, isSecret)]));
}

/** One call of the engine's, answered by what `act` resolves to, or with its error in the form that the engine reads. */
export function unary<Request, Response>(
  act: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, done) => {
    Promise.resolve(call.request)
      .then(act)
      .then(
        (response) => done(null, response),
        (error: unknown) => done(serviceError(error)),
      );
  };
}

function serviceError(error: unknown): Partial<grpc.StatusObject> {
  const code = grpc.status.UNKNOWN;
  // A defect is worth its stack, which the engine shows from what a plugin prints.
  if (!(error instanceof UserError)) console.error(forPeople(inspect(error)));
  const details = forPeople(error instanceof Error ? error.message : String(error));
  return { code, details, ...(error instanceof RecordedError && { metadata: error.metadata }) };
}

/** An error with what the engine records of a resource that was begun and not finished. */
class RecordedError extends UserError {
  readonly metadata = new grpc.Metadata();

  constructor({ id, message, state }: UnfinishedError, secrets: ReadonlySet<string>) {
    super(message);
    const failed = new ErrorResourceInitFailed()
      .setId(id)
      .setProperties(sent(state as Properties, secrets))
      .setReasonsList([message]);
    const detail = new Any();
    detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message).setDetailsList([detail]);
    this.metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
}

/** Lets the engine record what was begun and not finished. @param secrets the properties of it that hold some */
export async function recorded<T>(secrets: ReadonlySet<string>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof UnfinishedError ? new RecordedError(error, secrets) : error;
  }
}
