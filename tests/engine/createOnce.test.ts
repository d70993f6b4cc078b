import { createsOnce } from "./createOnce";

createsOnce("npm classes");
