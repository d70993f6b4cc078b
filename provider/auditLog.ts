import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statfsSync,
  writeSync,
} from "node:fs";
import { access } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { UserError } from "./errors";
import type { Action } from "./hood/endpoints";
import { lines, quoted, say } from "./text";

export interface AuditedCall {
  readonly action: Action | "create" | "edit";
  /** The same in both lines of a call. */
  readonly callId: string;
  /** Absent for a create that nothing came of, as far as is known. */
  readonly campaignId?: string;
  readonly campaignName: string;
  /** Absent for calls that take none. */
  readonly reason?: string;
  /**
   * `started`: it goes out now; another line says what came of it, unless the process was ended. `accepted`: done. `refused`: Hood said
   * no. `unsure`: only a read can tell. `failed`: it can't have happened.
   */
  readonly outcome: "started" | "accepted" | "refused" | "unsure" | "failed";
  /** Absent if no answer came. */
  readonly httpStatus?: number;
  /** Absent if Hood gave none, as with what it accepts. */
  readonly traceId?: string;
}

export interface AuditLine extends AuditedCall {
  /** When the call went out, or when its answer was there or given up: ISO 8601 in UTC. */
  readonly time: string;
  readonly project?: string;
  readonly stack?: string;
}

/** What is wrong with a path, as the continuation of "can't be written: …", and what to do. */
class Unfit extends Error {
  constructor(
    message: string,
    readonly next = "Name a new file in hood:auditLog (or HOOD_AUDIT_LOG).",
  ) {
    super(message);
  }
}

const CORRECT =
  "Correct hood:auditLog (or HOOD_AUDIT_LOG), or create its folder; a relative path begins at the program's folder.";
/** How each line begins, in every version. */
const BEGINNING = '{"time":"';
const END = "\n".charCodeAt(0);
/** The kinds of file systems that Linux keeps processes and devices in, which hold no files of anybody's: proc and sysfs. */
const PSEUDO = [0x9fa0, 0x62656572];
const WINDOWS = process.platform === "win32";
/** How long the line of another process, which writes it now, may take to get its end: so many times so many milliseconds. */
const MOST_READS = 50;
const BETWEEN_READS = 20;

/** Finds out before anything is done whether lines can be written. @throws UserError if they can't. */
export async function checkAuditLog(path: string): Promise<void> {
  try {
    const file = fileAt(path);
    const there = lstatSync(file, { throwIfNoEntry: false });
    if (there) expectFit(there);
    await access(there ? file : dirname(file), constants.W_OK);
    if (!there) return;
    const descriptor = openSync(file, constants.O_RDONLY | NO_LINK);
    try {
      expectLog(descriptor, there);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const next = error instanceof Unfit ? error.next : CORRECT;
    throw new UserError(lines(say`The audit log ${quoted(path)} can't be written: ${wordsOf(error)}.`, say`${next}`));
  }
}

/**
 * Appends one line with one write. A file opened for appending takes each write at its end in one piece, also from several processes.
 * What the disk cuts short stays as it is, since another process may have written behind it by now; the next line begins on its own.
 *
 * @throws Error of the file system, or if the path isn't one for an audit log any more.
 */
export function appendToAuditLog(path: string, line: AuditLine): void {
  const file = openSync(fileAt(path), constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_LINK, 0o600);
  try {
    // The descriptor's own: what the path leads to may be another file by now.
    const there = fstatSync(file);
    expectFit(there);
    expectLog(file, there);
    const bytes = Buffer.from(`${isCutOff(file, there.size) ? "\n" : ""}${textOf(line)}\n`);
    if (writeSync(file, bytes) !== bytes.length) throw new Error("the disk is full");
  } finally {
    closeSync(file);
  }
}

/** No link is followed, and no pipe waited for; Windows has neither. */
const NO_LINK = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The file that a path means, which no link leads to. @throws Unfit */
function fileAt(path: string): string {
  const file = resolve(path);
  const inside = relative(process.cwd(), file);
  if (!isAbsolute(path) && (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside))) {
    throw new Unfit("it leads out of the program's folder", meant(file));
  }
  if (WINDOWS) return file;
  const folder = dirname(file);
  const real = realpathSync(folder);
  if (PSEUDO.includes(statfsSync(folder).type)) throw new Unfit("it isn't on a disk");
  if (real !== withRealRoot(folder)) {
    throw new Unfit("its folder is reached through a symbolic link", meant(join(real, basename(file))));
  }
  return file;
}

function meant(file: string): string {
  return `If that is meant, give the absolute path without links in hood:auditLog (or HOOD_AUDIT_LOG): ${quoted(file)}.`;
}

/** Links at the top of the file system are the system's own, such as /tmp of macOS. */
function withRealRoot(folder: string): string {
  const { root } = parse(folder);
  const [top = "", ...rest] = folder.slice(root.length).split(sep);
  return join(realpathSync(join(root, top)), ...rest);
}

/** A file of this user's alone. @throws Unfit */
function expectFit(file: Stats): void {
  if (file.isSymbolicLink())
    throw new Unfit("it is a symbolic link", "Name the file itself in hood:auditLog (or HOOD_AUDIT_LOG).");
  if (!file.isFile()) throw new Unfit("it isn't a file");
  if (WINDOWS) return;
  if (file.uid !== process.geteuid?.()) throw new Unfit("it belongs to another user");
  if (file.nlink > 1) throw new Unfit("the same file has another name too (a hard link)");
  const mode = file.mode & 0o7777;
  if ((mode & 0o077) === 0) return;
  throw new Unfit(
    `other users may read or write it (mode ${mode.toString(8)})`,
    "If it is your audit log, run `chmod 600` on it; else name a new file in hood:auditLog (or HOOD_AUDIT_LOG).",
  );
}

/** @throws Unfit for a file that holds something else than an audit log. */
function expectLog(descriptor: number, { size }: Stats): void {
  if (size === 0) return;
  const beginning = Buffer.alloc(BEGINNING.length);
  const length = readSync(descriptor, beginning, 0, beginning.length, 0);
  if (!BEGINNING.startsWith(beginning.toString("latin1", 0, length)))
    throw new Unfit("it holds something else than an audit log");
}

/** True if the last line has no end, and gets none. */
function isCutOff(descriptor: number, size: number): boolean {
  const last = Buffer.alloc(1);
  for (let read = 0; read < MOST_READS; read++) {
    if (size === 0 || fstatSync(descriptor).size !== size) return false;
    readSync(descriptor, last, 0, 1, size - 1);
    if (last[0] === END) return false;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_READS);
  }
  return true;
}

/** JSON in which nothing is left that an interpreter would run, if such a file should ever be taken for one of its own. */
function textOf(line: AuditLine): string {
  return JSON.stringify(line).replace(/\\[^"]|(\\"|[$`<#@])/g, (text, live?: string) => {
    return live ? `\\u00${live.charCodeAt(live.length - 1).toString(16)}` : text;
  });
}

/** What is wrong. Node.js repeats the whole path behind a comma. */
export function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : message.replace(/,.*/s, "");
}
