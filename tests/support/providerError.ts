import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

/** What the engine records of a resource that was begun and not finished. */
export interface PartialFailure {
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: readonly string[];
}

/** A call that a provider answered with an error, as the engine reads it. */
export class ProviderError extends Error {
  override name = "ProviderError";

  constructor(
    message: string,
    readonly partial?: PartialFailure | undefined,
  ) {
    super(message);
  }
}

/** @param own takes out of the state what the engine needs for itself. */
export function providerErrorFrom(
  error: ServiceError,
  own: (properties: Record<string, unknown>) => Record<string, unknown>,
): ProviderError {
  const partial = partialFailureIn(error);
  return new ProviderError(error.details, partial && { ...partial, properties: own(partial.properties) });
}

function partialFailureIn({ metadata }: ServiceError): PartialFailure | undefined {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return undefined;
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  const failed = detail?.unpack(ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (!failed) return undefined;
  const properties = failed.getProperties()?.toJavaScript() ?? {};
  return { id: failed.getId(), properties, reasons: failed.getReasonsList() };
}
