import { buildPack } from "./build.ts";

process.stdout.write(`${await buildPack()}\n`);
