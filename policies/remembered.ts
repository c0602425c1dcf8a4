/**
 * A function that is asked about the same object by many rules, and answers once. The answer is kept as long as the object
 * is, and must not be changed.
 */
export function remembered<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const answers = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known.value;
    const value = compute(key);
    answers.set(key, { value });
    return value;
  };
}
