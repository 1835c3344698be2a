// An upload that may go on without this window: on another device of the same account, or in another window.
import { stateOf } from "./server.js";

const ASK_MS = 5000;
const SELDOM_MS = 30_000;
const STILL_MS = 20_000; // longer than a piece takes
const FORGOTTEN_MS = 600_000; // a page that is left open must not keep its reader signed in

/** Asks how far the upload at `url` is, until `stop()`. `onMove(offset)`: it has come further; `onStill()`: it has not for a
 * while; `onEnd()`: the server is not receiving it any more. */
export class Watch {
  constructor(url, offset, { onMove, onStill, onEnd }) {
    Object.assign(this, { url, offset, onMove, onStill, onEnd });
    this.movedAt = performance.now();
    this.wait = ASK_MS;
    this.isStopped = false;
    this.timer = setTimeout(() => this.ask());
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  async ask() {
    const known = await stateOf(this.url).catch(() => null); // asked again
    if (this.isStopped) return;
    const still = performance.now() - this.movedAt;
    if (known && known.state !== "receiving") this.onEnd();
    else if (known && known.offset > this.offset) this.move(known.offset);
    else if (still > STILL_MS) this.onStill();
    if (this.isStopped || still > FORGOTTEN_MS) return;
    this.timer = setTimeout(() => this.ask(), this.wait);
    this.wait = still > STILL_MS ? Math.min(this.wait * 1.5, SELDOM_MS) : ASK_MS;
  }

  move(offset) {
    this.offset = offset;
    this.movedAt = performance.now();
    this.onMove(offset);
  }
}
