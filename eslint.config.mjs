import eslint from "@eslint/js";
import vitest from "@vitest/eslint-plugin";
import prettier from "eslint-config-prettier";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const rootImports = ["@pulumi/aws", "@pulumi/gcp", "@pulumi/digitalocean", "@pulumi/kubernetes"].map((name) => ({
  name,
  message: `Import the module you need ("${name}/<module>/index.js"): the root loads every service.`,
}));

export default defineConfig(
  globalIgnores(["node_modules", "policies/bin", "coverage"]),
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "no-restricted-imports": ["error", { paths: rootImports }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
    },
  },
  {
    // The pure cores: anything here can be tested without an engine and used by tools that never start one.
    files: [
      "components/kit/**/*.ts",
      "components/settings/**/*.ts",
      "components/kubeflow/{plan,parts,adjustments}.ts",
      "components/kubeflow/credentials/**/*.ts",
      "components/kubeflow/images/**/*.ts",
      "components/kubeflow/network/**/*.ts",
      "components/kubeflow/access/**/*.ts",
      "components/kubeflow/resources/**/*.ts",
      "components/kubeflow/order/**/*.ts",
      "components/kubeflow/repairs/**/*.ts",
      "components/kubeflow/release/**/*.ts",
      "components/kubeflow/releases/**/*.ts",
      "components/cluster/sizing/**/*.ts",
      "components/cluster/network/**/*.ts",
      "components/cluster/{clouds,draft,settings}.ts",
      "components/cluster/*/{capabilities,catalogue,gpu,index,load-balancer,plan,versions,zones}.ts",
      "components/cluster/aws/{nodes/{pods,spread,user-data},network/subnets,identity/documents,kubeconfig}.ts",
      "components/tenancy/**/*.ts",
      "toolchain/**/*.ts",
      "policies/**/*.ts",
    ],
    ignores: [
      "components/settings/index.ts",
      "components/cluster/furnishing/index.ts",
      "components/tenancy/index.ts",
      "policies/index.ts",
      "policies/engine/**",
    ],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@pulumi/*"], message: "This is a pure core: no Pulumi here." }] },
      ],
    },
  },
  {
    // A release is data behind one name: what is specific to it is known to nobody else.
    files: ["**/*.ts"],
    ignores: ["components/kubeflow/releases/**", "test/**"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "releases/\\d",
              message: "Take it from the ReleaseDefinition: docs/releases.md.",
            },
          ],
        },
      ],
    },
  },
  {
    // Settings are read in one place.
    files: ["components/**/*.ts", "index.ts"],
    ignores: ["components/settings/index.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.property.name='Config']",
          message: "Only components/settings/index.ts reads pulumi.Config.",
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    extends: [vitest.configs.recommended],
    rules: {
      "vitest/valid-expect": ["error", { maxArgs: 2 }],
      "vitest/expect-expect": ["error", { assertFunctionNames: ["expect", "until"] }],
      // Tests extended with fixtures, and loops over the objects of the release, are beyond these two.
      "vitest/no-standalone-expect": "off",
      "vitest/no-conditional-expect": "off",
    },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } } },
  prettier,
);
