export type Properties = Record<string, unknown>;

/** A provider as the engine sees it; an error may carry what is to be recorded nonetheless. */
export interface Provider {
  check(olds: Properties | undefined, news: Properties): Promise<Checked>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ changes: boolean }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly { readonly reason: string }[];
}

export interface Stored {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** The engine updates it even where there is no diff. */
  readonly unfinished?: boolean;
}

export type State = Map<string, Stored>;

export interface Result {
  /** Resources that were made or changed; in a preview, those that would be. */
  readonly changes: readonly string[];
  readonly failures: readonly string[];
}
