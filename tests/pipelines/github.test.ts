import { github } from "./github";
import { describeStory } from "./story";

describeStory(github);
