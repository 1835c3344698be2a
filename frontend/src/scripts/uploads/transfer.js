// One file on its way to the server: begun, paused, cut off, resumed, checked. Tells of every change by a "change" event.
//
// States: "choose" (the server has a part, the file must be chosen again), "queued", "sending", "waiting" (the network
// is away, or another window sends the same file), "paused", "checking", and at the end "done", "refused" or "cancelled".
import { Upload } from "tus-js-client";
import { headMark, pieceChecksum } from "./content.js";
import { Watch } from "./elsewhere.js";
import { failureOf } from "./failures.js";
import { enter, leave, startNext, transfers } from "./queue.js";
import { Rate } from "./rate.js";
import { announceHash, formToken, lastToken, openUploads, stateOf, terminate } from "./server.js";
import { FileHash } from "./whole_hash.js";
import { words } from "./words.js";

const MB = 1024 * 1024;
const LEAST_PIECE = MB / 4;
const MOST_PIECE = 32 * MB;
const PIECE_SECONDS = 8; // what a cut may cost, and how often the server sees progress
const WAITS = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];
const STALLED_MS = 90_000;

export class Transfer extends EventTarget {
  constructor({ endpoint, target, place, name, size, file = null, url = null, offset = 0, state = "queued", head = "" }) {
    super();
    Object.assign(this, { endpoint, target, place, name, size, file, url, offset, state, head });
    this.note = "";
    this.piece = MB;
    this.speed = new Rate();
    this.failures = 0;
    this.timer = 0;
    this.attempt = 0;
    this.hash = null;
    this.waitsForHash = false;
    this.kept = offset; // what the server has said to have
    this.watch = null;
    this.isElsewhere = false;
    if (state === "checking") this.watchChecking();
    if (state === "choose") this.watchElsewhere(() => this.dispatchEvent(new Event("change")));
    enter(this);
  }

  change(state, note = "") {
    this.state = state;
    this.note = note;
    if (["done", "refused", "cancelled"].includes(state)) {
      leave(this);
      this.hash?.stop();
      this.watch?.stop();
    }
    this.dispatchEvent(new Event("change"));
    startNext();
  }

  get percent() {
    return this.size ? Math.min(this.offset === this.size ? 100 : 99, Math.floor((this.offset * 100) / this.size)) : 100;
  }

  /** Bytes a second of late; 0 while nothing is known. */
  get rate() {
    return this.speed.value;
  }

  get secondsLeft() {
    return this.rate > 0 ? (this.size - this.offset) / this.rate : Infinity;
  }

  /** Whether `file` seems to be the one that the server has a part of. */
  async fits(file) {
    return file.name === this.name && file.size === this.size && (!this.head || this.head === (await headMark(file)));
  }

  give(file) {
    this.stop();
    this.file = file;
    this.change("queued");
  }

  pause(note = "") {
    this.stop();
    this.change("paused", note);
  }

  resume() {
    this.failures = 0;
    this.change("queued");
  }

  async cancel() {
    const isBeginning = this.state === "sending" && this.head && !this.url;
    this.stop();
    try {
      if (isBeginning) this.url = await this.urlOnServer(); // the server may have begun it before we heard of it
      if (this.url && !(await terminate(this.url))) throw new Error();
      this.change("cancelled");
    } catch {
      this.change(this.file ? "paused" : this.state, words("notCancelled"));
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.attempt += 1; // what an earlier attempt still waits for begins nothing any more
    this.upload?.abort();
    this.upload = null;
    this.watch?.stop();
    this.isElsewhere = false;
    this.speed = new Rate();
    this.waitsForHash = false;
    this.offset = this.kept; // a piece that broke off may have to be sent again
  }

  async send() {
    if (this.state !== "queued" && this.state !== "waiting") return;
    this.stop();
    const { attempt } = this;
    this.change("sending");
    try {
      await formToken();
      this.head ||= await headMark(this.file);
      this.url ??= await this.urlOnServer();
      if (this.hash?.file !== this.file) this.beginHash();
      if (this.attempt === attempt) this.startUpload(this.url ? {} : this.metadata());
    } catch (error) {
      if (this.attempt === attempt) this.failed(error);
    }
  }

  /** The address of the same file's upload that was begun before, perhaps on another device or without our knowing. */
  async urlOnServer() {
    const known = transfers().map((one) => one.url);
    const open = await openUploads(this.endpoint, this.target, { ...this.place, head: this.head });
    const same = open.find((one) => one.name === this.name && one.size === this.size && !known.includes(one.url));
    return same?.url ?? null;
  }

  metadata() {
    return { ...this.place, target: this.target, filename: this.name, filetype: this.file.type, head: this.head };
  }

  /** Read the file from its beginning while it is being sent, wherever the sending goes on. */
  beginHash() {
    this.hash?.stop();
    this.hash = new FileHash(this.file, () => {
      if (!this.waitsForHash) return;
      this.watchStalling();
      this.dispatchEvent(new Event("progress"));
    });
  }

  get percentRead() {
    return Math.floor((this.hash.read * 100) / Math.max(1, this.size));
  }

  /** The server knows the hash before it has the last byte: with that the file's check begins. */
  async announceHash() {
    const { attempt } = this;
    this.waitsForHash = true;
    this.dispatchEvent(new Event("progress"));
    try {
      const hash = await this.hash.whole;
      if (hash && this.attempt === attempt) await announceHash(this.url, hash);
    } finally {
      if (this.attempt === attempt) this.waitsForHash = false;
    }
  }

  startUpload(metadata) {
    const upload = new Upload(this.file, {
      // Without an endpoint nothing is begun anew behind our back when the server answers with an error.
      endpoint: this.url ? null : this.endpoint,
      uploadUrl: this.url,
      chunkSize: this.piece,
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata,
      onBeforeRequest: (request) => this.prepare(request, upload),
      onUploadUrlAvailable: () => { this.url = new URL(upload.url, location.href).pathname; },
      onAfterResponse: (_request, response) => this.upload === upload && this.answered(response),
      onProgress: (sent) => this.upload === upload && this.progressed(sent),
      onChunkComplete: (size) => {
        this.failures = 0;
        upload.options.chunkSize = this.nextPiece(size);
      },
      onSuccess: () => this.upload === upload && this.arrived(),
      onError: (error) => this.upload === upload && this.failed(error),
    });
    this.upload = upload;
    this.watchStalling();
    upload.start();
  }

  answered(response) {
    const offset = response.getHeader("Upload-Offset");
    if (offset) this.kept = Number(offset);
  }

  async prepare(request, upload) {
    request.setHeader("X-CSRFToken", lastToken());
    request.setHeader("Accept", "application/json");
    if (request.getMethod() !== "PATCH") return;
    const start = Number(request.getHeader("Upload-Offset"));
    const end = Math.min(this.size, start + upload.options.chunkSize);
    if (end === this.size) await this.announceHash();
    const checksum = await pieceChecksum(this.file, start, end);
    if (this.upload !== upload) throw new Error(); // it was paused or cut off meanwhile; nobody hears this
    if (checksum) request.setHeader("Upload-Checksum", checksum);
    this.pieceAt = performance.now();
  }

  /** Pieces of about the same time, whatever the line: a cut costs seconds, and the server sees that it goes on. */
  nextPiece(size) {
    const seconds = Math.max(0.05, (performance.now() - this.pieceAt) / 1000);
    const fitting = Math.min((size / seconds) * PIECE_SECONDS, this.piece * 2);
    this.piece = Math.round(Math.max(LEAST_PIECE, Math.min(MOST_PIECE, fitting)));
    return this.piece;
  }

  progressed(sent) {
    this.offset = sent;
    this.speed.note(sent);
    this.watchStalling();
    this.dispatchEvent(new Event("progress"));
  }

  /** A line that has died without a word is hung up, so that it can be tried again; so is a reading that has. */
  watchStalling() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.waitsForHash) this.forgetHash();
      this.cutOff();
    }, STALLED_MS);
  }

  forgetHash() {
    this.hash?.stop();
    this.hash = null;
  }

  arrived() {
    clearTimeout(this.timer);
    this.upload = null;
    this.offset = this.kept = this.size;
    this.change("checking");
    this.watchChecking();
  }

  failed(error) {
    clearTimeout(this.timer);
    const { what, said } = failureOf(error, Boolean(this.url));
    const acts = {
      lost: () => this.lostFile(),
      otherFile: () => this.lostFile(said),
      elsewhere: () => this.giveWay(),
      again: () => this.cutOff(),
      signedOut: () => this.pause(words("signedOut")),
      gone: () => this.beginAgain(),
      formToken: () => this.renewToken(),
      full: () => this.pause(said || words("failed")),
      refused: () => {
        this.stop();
        this.refused(said);
      },
    };
    acts[what]();
  }

  /** The answer to a HEAD has no words: they are asked for. */
  async refused(said) {
    const { attempt } = this;
    const known = said || !this.url ? null : await stateOf(this.url).catch(() => null);
    if (this.attempt === attempt) this.change("refused", said || (known?.state === "refused" && known.words) || words("failed"));
  }

  /** Wait until the network is back, ever longer, or until the browser says that it is. */
  cutOff() {
    this.stop();
    this.timer = setTimeout(() => this.send(), WAITS[Math.min(this.failures++, WAITS.length - 1)]);
    if (this.state !== "waiting") this.change("waiting");
  }

  /** While the file comes further from elsewhere this window waits; then it goes on. */
  giveWay() {
    this.stop();
    this.isElsewhere = true;
    this.watchElsewhere(() => this.send());
    this.change("waiting");
  }

  watchElsewhere(onStill) {
    this.watch = new Watch(this.url, this.kept, {
      onMove: (offset) => {
        this.offset = this.kept = offset;
        this.isElsewhere = true;
        this.dispatchEvent(new Event("change"));
      },
      onStill: () => {
        if (!this.isElsewhere) return;
        this.isElsewhere = false;
        onStill();
      },
      onEnd: () => {
        this.stop();
        this.change("checking");
        this.watchChecking();
      },
    });
  }

  beginAgain() {
    this.url = null;
    this.kept = 0;
    return this.cutOff();
  }

  lostFile(said = words("fileLost", { name: this.name })) {
    this.stop();
    this.forgetHash();
    this.file = null;
    this.change("choose", said);
  }

  async renewToken() {
    try {
      await formToken(true);
    } catch {
      // Tried again with the next attempt.
    }
    if (this.failures < WAITS.length) this.cutOff();
    else this.pause(words("failed"));
  }

  /** Ask how the check goes, less and less often, until there is a verdict. */
  async watchChecking(wait = 500) {
    try {
      const { state, words: said } = await stateOf(this.url);
      if (state === "done" || state === "cancelled") return this.change(state, said);
      if (state !== "checking" && state !== "receiving") return this.change("refused", said);
    } catch (error) {
      if (error.status === 404) return this.change("refused", words("failed"));
    }
    this.timer = setTimeout(() => this.watchChecking(Math.min(wait * 1.4, 5000)), wait);
    return undefined;
  }
}
