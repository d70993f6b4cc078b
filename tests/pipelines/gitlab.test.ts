import { gitlab } from "./gitlab";
import { describeStory } from "./story";

describeStory(gitlab);
