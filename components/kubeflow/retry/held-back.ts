/** Where a wave stands in the order of an installation. */
export interface WavePlace {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** Objects of the waves after it. */
  readonly behind: number;
}

/** What waits for an object of the wave: `it is in wave 5 of 8 and holds back the 52 objects of later waves`. */
export function whatIsHeldBack({ number, of, behind }: WavePlace): string {
  const held = behind === 0 ? "nothing" : `the ${behind} objects of later waves`;
  return `it is in wave ${number} of ${of} and holds back ${held}`;
}
