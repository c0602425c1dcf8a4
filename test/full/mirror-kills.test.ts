import { describeKills } from "../kit/mirror-kills.ts";

describeKills(50);
