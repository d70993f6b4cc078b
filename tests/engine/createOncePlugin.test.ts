import { createsOnce } from "./createOnce";

createsOnce("plugin");
