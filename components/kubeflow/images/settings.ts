import { z } from "zod";

/** `registries`: sign-ins of registries, for the platform and for what profiles run. Passwords are secret. */
export const registriesSettings = z
  .array(
    z.strictObject({
      registry: z
        .string()
        .regex(/^[a-zA-Z0-9.-]+(:[0-9]+)?$/, "the name of a registry such as docker.io or registry.example.com:5000")
        .describe("host of the registry, with its port where it has one"),
      username: z.string().min(1).describe("user or robot account that may pull"),
      password: z.string().min(1).describe("its password or token; set it with --secret"),
    }),
  )
  .default([])
  .describe("registries that images are pulled from with a sign-in, docker.io included: it limits anonymous pulls");

export type RegistryAccount = z.infer<typeof registriesSettings>[number];
