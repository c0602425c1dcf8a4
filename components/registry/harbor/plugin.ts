/**
 * The provider of Harbor: its plugin alone, which the CLI fetches from here. docs/decisions/0015-harbor-without-a-package.md
 * says why no npm package is beside it.
 */
export const HARBOR_PLUGIN = {
  name: "harbor",
  version: "3.10.21",
  repository: "pulumiverse/pulumi-harbor",
} as const;
