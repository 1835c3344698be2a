// How fast a file goes, of late.

const RATE_MS = 15_000;
const LEAST_MS = 500;

export class Rate {
  constructor() {
    this.samples = [];
  }

  note(offset) {
    const at = performance.now();
    this.samples = [...this.samples.filter((one) => at - one.at < RATE_MS), { at, offset }];
  }

  /** Bytes a second; 0 while nothing is known. */
  get value() {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    return first && last.at - first.at > LEAST_MS ? ((last.offset - first.offset) * 1000) / (last.at - first.at) : 0;
  }
}
