/** Settings of `count` profiles, each with an owner and nine members of its own team, as a stack file writes them. */
export function manyProfiles(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, "0"));
  const team = (number: string) => Array.from({ length: 10 }, (_, person) => `u${person}-${number}@example.com`);
  const config = {
    "kubeflow:teams": Object.fromEntries(numbers.map((number) => [`team-${number}`, team(number)])),
    "kubeflow:profiles": numbers.map((number) => ({
      name: `profile-${number}`,
      owner: team(number)[0],
      members: { admin: [team(number)[1]], edit: [`team-${number}`], view: [`u0-${numbers[0]}@example.com`] },
      quota: { cpu: 8, memory: "32 GB", storage: "200 GB", pods: 50 },
    })),
  };
  // JSON is YAML.
  return JSON.stringify({ config });
}
