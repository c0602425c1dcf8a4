/**
 * Rules that no change of the settings or the components runs into, and why. They are for what users of this project add
 * to it; their own examples, good and bad, are tests.
 */
export const WITHOUT_MUTANT: Readonly<Record<string, string>> = {
  "hyg-ephemeral-storage": "no container of the release has such a limit, so that all are found as it is shipped",
  "hyg-no-bare-pods": "components make workloads, whose pods come from controllers; none makes a pod",
  "ml-concurrency-budget":
    "components declare no job that runs; how many users start at once is bounded by a controller whose missing ceiling is found as it is shipped",
  "ml-cuda-driver-match": "no container that components make asks for a GPU; users' images are not in the program",
  "ml-kserve-min-replicas": "components make no InferenceService: models are served by users",
};
