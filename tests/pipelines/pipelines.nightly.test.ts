import { github } from "./github";
import { gitlab } from "./gitlab";
import { describeRows } from "./rows";

describeRows(github);
describeRows(gitlab);
