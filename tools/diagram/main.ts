import { writeFile } from "node:fs/promises";
import { PAGE, page } from "./page";

/** Writes the page about the life of a campaign. */
writeFile(PAGE, page()).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
