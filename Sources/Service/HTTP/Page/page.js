"use strict";

// Milliseconds between questions for the state of all streams, and between pictures of one.
const stateInterval = 1000;
const pictureInterval = 120;
// Results kept until the picture of their frame is there.
const historyLength = 90;
// A face keeps its colour by its number.
const colours = ["#3fc1f0", "#ffb938", "#7fdc8a", "#ff7fb0", "#b99bff", "#ff8a5c"];
// Runs of landmarks that lines join, as the model has them.
let runs = [];

const byId = (id) => document.getElementById(id);
const pause = (time) => new Promise((done) => setTimeout(done, time));
const clock = (date) => date.toLocaleTimeString();

// --- Access: the token comes from the address, after '?' or '#', or from the form, and lives as long as the tab.

const access = {
  token: sessionStorage.getItem("landmarkd-token"),

  // Takes the token out of the address, so that it stays neither in the history nor in a bookmark.
  readAddress() {
    const parts = (text) => text.slice(1).split("&").filter(Boolean);
    const isToken = (part) => part.startsWith("token=");
    const given = [...parts(location.search), ...parts(location.hash)].find(isToken)?.slice("token=".length);
    if (given === undefined) return;
    const rest = parts(location.search).filter((part) => !isToken(part)).join("&");
    history.replaceState(null, "", location.pathname + (rest ? `?${rest}` : ""));
    try { this.keep(decodeURIComponent(given)); } catch { this.keep(given); }
  },

  keep(token) {
    this.token = token;
    if (token) sessionStorage.setItem("landmarkd-token", token);
    else sessionStorage.removeItem("landmarkd-token");
  },

  fetch(path) {
    const headers = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    return fetch(path, { headers, cache: "no-store" });
  },

  // EventSource can send no headers.
  eventAddress(path) {
    return this.token ? `${path}?token=${encodeURIComponent(this.token)}` : path;
  },

  ask() {
    byId("refused").hidden = !this.token;
    this.keep(null);
    byId("access").hidden = false;
    byId("summary").textContent = "locked";
    byId("token").focus();
  },
};

// --- One stream: its picture, its landmarks, its numbers.

class Card {
  constructor(name) {
    this.path = `v1/streams/${encodeURIComponent(name)}`;
    this.element = byId("card").content.firstElementChild.cloneNode(true);
    this.canvas = this.part("canvas");
    this.part(".name").textContent = name;
    this.report = null;
    this.results = new Map();
    this.newest = null;
    this.picture = null;
    this.counts = [];
    this.latencies = [];
    this.isVisible = false;
    this.isRemoved = false;
    this.watcher = new IntersectionObserver(([entry]) => { this.isVisible = entry.isIntersecting; });
    this.watcher.observe(this.element);
    this.sizeWatcher = new ResizeObserver(() => this.draw());
    this.sizeWatcher.observe(this.canvas);
    this.takePictures();
  }

  part(selector) { return this.element.querySelector(selector); }

  remove() {
    this.isRemoved = true;
    this.watcher.disconnect();
    this.sizeWatcher.disconnect();
    this.element.remove();
  }

  get isDelivering() { return this.report?.state === "delivering"; }

  // What /v1/streams says of it.
  update(report, preview) {
    this.report = report;
    this.preview = preview;
    const format = report.format;
    const grant = format
      ? ` · ${format.width}×${format.height} ${format.encoding}${format.rate ? ` at ${Math.round(format.rate)}/s` : ""}`
      : "";
    this.part(".source").textContent = report.source + grant;
    this.showState();
    this.showNumbers();
    if (!preview) this.picture = null;
    if (!this.isDelivering) this.showFaces(null);
    this.draw();
  }

  showState() {
    const { state, healthy, reasons } = this.report;
    const waits = state === "waiting";
    const [word, kind] = waits ? [state, "bad"]
      : state === "delivering" ? (healthy ? ["delivering", "good"] : ["delivering, with a warning", "warn"])
      : [state, ""];
    const badge = this.part(".state");
    badge.textContent = word;
    badge.className = `state ${kind}`;
    this.element.classList.toggle("waiting", waits);
    this.part(".reasons").replaceChildren(...reasons.map((reason) => {
      const item = document.createElement("li");
      item.textContent = waits ? `${reason}. Reconnecting by itself.` : reason;
      return item;
    }));
    const veil = this.part(".veil");
    const last = this.newest ?? this.report;
    veil.textContent = waits && last.time ? `Last frame at ${clock(new Date(last.time * 1000))}`
      : waits ? "No frame so far"
      : state === "starting" ? "Waiting for the first frame"
      : state === "ended" ? "The file has ended"
      : !this.preview ? "Pictures are switched off: landmarks only" : "";
    veil.hidden = !veil.textContent;
  }

  // Nobody tells how it fares.
  showUnknown() {
    this.element.classList.add("waiting");
    this.part(".state").textContent = "unknown";
    this.part(".state").className = "state";
    for (const part of [".received", ".tracked", ".latency"]) this.part(part).textContent = "–";
    this.report = null;
    this.counts = [];
    this.latencies = [];
    this.showFaces(null);
  }

  showNumbers() {
    const { rate, received, tracked, dropped, reconnects } = this.report;
    this.counts.push({ at: performance.now(), tracked });
    if (this.counts.length > 5) this.counts.shift();
    const [oldest, now] = [this.counts[0], this.counts.at(-1)];
    const seconds = (now.at - oldest.at) / 1000;
    const trackedRate = seconds > 0 ? Math.max(0, now.tracked - oldest.tracked) / seconds : null;
    const latency = this.latencies.reduce((sum, value) => sum + value, 0) / this.latencies.length;
    const show = (part, text) => { this.part(part).textContent = text; };
    show(".received", this.isDelivering ? `${rate.toFixed(1)}/s` : "–");
    show(".tracked", this.isDelivering && trackedRate !== null ? `${trackedRate.toFixed(1)}/s` : "–");
    show(".latency", this.isDelivering && this.latencies.length ? `${Math.round(latency * 1000)} ms` : "–");
    show(".dropped", dropped ? `${dropped} (${(100 * dropped / Math.max(received, dropped)).toFixed(1)} %)` : "0");
    show(".reconnects", `${reconnects}`);
  }

  // One result from the event stream.
  take(result) {
    // The service was restarted, and counts from 1 again.
    if (result.frame < this.newest?.frame) this.results.clear();
    this.newest = result;
    this.results.set(result.frame, result);
    if (this.results.size > historyLength) this.results.delete(this.results.keys().next().value);
    this.latencies.push(result.latency);
    if (this.latencies.length > 30) this.latencies.shift();
    this.showFaces(result.faces);
    if (!this.picture || this.picture.frame === result.frame) this.draw();
  }

  // `faces`: null where nobody looks for any.
  showFaces(known) {
    const faces = known ?? [];
    // A model without a calibration gives no confidence.
    const sureness = (face) => (face.confidence === null ? "" : `: ${Math.round(100 * face.confidence)} %`);
    const turn = ({ pose }) => (pose
      ? ` · yaw ${Math.round(pose.yaw)}°, pitch ${Math.round(pose.pitch)}°, roll ${Math.round(pose.roll)}°` : "");
    const texts = faces.map((face) => `face ${face.id}${sureness(face)}${turn(face)}`);
    const list = this.part(".faces");
    const ids = known ? faces.map((face) => face.id).join() : "none";
    if (list.dataset.ids !== ids) {
      list.dataset.ids = ids;
      list.replaceChildren(...faces.map((face) => {
        const item = document.createElement("li");
        const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        for (const [key, value] of Object.entries({ cx: 5, cy: 5, r: 5, fill: colourOf(face) })) dot.setAttribute(key, value);
        mark.setAttribute("viewBox", "0 0 10 10");
        mark.append(dot);
        item.append(mark, "");
        return item;
      }));
      if (!faces.length && known) list.textContent = "no face";
    }
    texts.forEach((text, index) => { list.children[index].lastChild.data = text; });
    this.canvas.setAttribute("aria-label", texts.length ? texts.join(", ") : "no face");
  }

  // Asks for one picture after the other, while somebody can see it.
  async takePictures() {
    while (!this.isRemoved) {
      const start = performance.now();
      if (this.preview && this.isDelivering && this.isVisible && !document.hidden) {
        try {
          const answer = await access.fetch(`${this.path}/frame.jpg`);
          if (answer.ok) {
            const bitmap = await createImageBitmap(await answer.blob());
            this.picture = { bitmap, frame: Number(answer.headers.get("Landmarkd-Frame")) };
            this.draw();
          } else {
            await pause(stateInterval);
          }
        } catch {
          await pause(stateInterval);  // The service is gone: the state's poll says so.
        }
      }
      await pause(Math.max(20, pictureInterval - (performance.now() - start)));
    }
  }

  draw() {
    const { canvas } = this;
    const size = this.newest ?? this.report?.format ?? { width: 640, height: 160 };
    canvas.style.aspectRatio = `${size.width} / ${size.height}`;
    const scale = Math.min(devicePixelRatio, 2) * canvas.clientWidth / size.width;
    canvas.width = Math.round(size.width * scale);
    canvas.height = Math.round(size.height * scale);
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    if (this.picture) context.drawImage(this.picture.bitmap, 0, 0, size.width, size.height);
    const result = (this.picture && this.results.get(this.picture.frame)) ?? this.newest;
    for (const face of result?.faces ?? []) drawFace(context, face, 1 / scale);
  }
}

const colourOf = (face) => colours[(face.id - 1) % colours.length];

// `pixel`: one pixel of the canvas in pixels of the picture, whose whole numbers are the centres of its pixels.
function drawFace(context, face, pixel) {
  const size = Math.max(face.box[2], face.box[3]);
  const width = Math.max(1.5 * pixel, size / 150);
  context.save();
  context.translate(0.5, 0.5);
  context.lineWidth = width;
  context.strokeStyle = context.fillStyle = colourOf(face);
  for (const run of runs) {
    context.beginPath();
    for (const index of run) context.lineTo(...face.points[index]);
    context.stroke();
  }
  for (const [x, y] of face.points) {
    context.beginPath();
    context.arc(x, y, width * 1.6, 0, 7);
    context.fill();
  }
  if (face.pose) drawHeadAxes(context, face, width);
  if (face.eyes?.blink) drawBlinkLight(context, face, size);
  const text = `${face.id}`;
  const height = Math.max(12 * pixel, size / 9);
  context.font = `600 ${height}px system-ui, sans-serif`;
  context.lineWidth = height / 5;
  context.strokeStyle = "rgb(0 0 0 / 0.5)";
  const [x, y] = [face.box[0], Math.max(height, face.box[1] - height / 2)];
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
  context.restore();
}

// Directions of the head – its left, its crown, where it looks – from the middle of the face, foreshortened as they are seen.
function drawHeadAxes(context, face, width) {
  const [pitch, yaw, roll] = [face.pose.pitch, face.pose.yaw, face.pose.roll].map((degrees) => degrees * Math.PI / 180);
  const [sx, cx, sy, cy, sz, cz] = [pitch, yaw, roll].flatMap((angle) => [Math.sin(angle), Math.cos(angle)]);
  // Columns of Rx · Ry · Rz without their depth: x to the right, y down, z away from the viewer.
  const right = [cy * cz, cx * sz + sx * sy * cz];
  const down = [-cy * sz, cx * cz - sx * sy * sz];
  const away = [sy, -sx * cy];
  const [x, y, w, h] = face.box;
  const [middle, length] = [[x + w / 2, y + h / 2], 0.55 * Math.max(w, h)];
  context.lineWidth = 2 * width;
  context.lineCap = "round";
  const axes = [[right, length, "#ff6b6b"], [down, -length, "#7fdc8a"], [away, -length, "#5aa9ff"]];
  for (const [direction, reach, colour] of axes) {
    context.strokeStyle = colour;
    context.beginPath();
    context.moveTo(...middle);
    context.lineTo(middle[0] + reach * direction[0], middle[1] + reach * direction[1]);
    context.stroke();
  }
}

// A lit dot at the corner of the box while the lids are down.
function drawBlinkLight(context, face, size) {
  const [x, y, w] = face.box;
  context.fillStyle = "#ffe14d";
  context.strokeStyle = "rgb(0 0 0 / 0.5)";
  context.lineWidth = size / 80;
  context.beginPath();
  context.arc(x + w, y - size / 9, size / 18, 0, 7);
  context.fill();
  context.stroke();
  context.fillStyle = colourOf(face);
}

// --- All streams.

const cards = new Map();
let events = null;
let answeredAt = new Date();

function showStreams({ streams, preview, lines }) {
  runs = lines;
  const names = new Set(streams.map((stream) => stream.name));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    card.remove();
    cards.delete(name);
  }
  for (const stream of streams) {
    if (!cards.has(stream.name)) {
      cards.set(stream.name, new Card(stream.name));
      byId("streams").append(cards.get(stream.name).element);
    }
    cards.get(stream.name).update(stream, preview);
  }
  byId("none").hidden = streams.length > 0;
  const well = streams.filter((stream) => stream.healthy).length;
  byId("summary").textContent = well === streams.length
    ? (well === 1 ? "the stream delivers" : `all ${well} streams deliver`)
    : `${well} of ${streams.length} streams deliver`;
}

// One connection for all streams: a browser opens only a few to one place.
function listen() {
  if (events && events.readyState !== EventSource.CLOSED) return;
  events = new EventSource(access.eventAddress("v1/events"));
  events.onmessage = (message) => {
    const result = JSON.parse(message.data);
    cards.get(result.stream)?.take(result);
  };
}

function stopListening() {
  events?.close();
  events = null;
}

function showGone(isGone) {
  byId("gone").hidden = !isGone;
  byId("gone").textContent = `No answer from landmarkd since ${clock(answeredAt)}. Trying again…`;
  if (!isGone) return;
  byId("summary").textContent = "not reachable";
  for (const card of cards.values()) card.showUnknown();
}

async function watch() {
  while (true) {
    if (byId("access").hidden && !document.hidden) {
      try {
        const answer = await access.fetch("v1/streams");
        if (answer.status === 401) {
          stopListening();
          access.ask();
        } else {
          showStreams(await answer.json());
          answeredAt = new Date();
          listen();
        }
        showGone(false);
      } catch {
        stopListening();
        showGone(true);
      }
    }
    await pause(stateInterval);
  }
}

byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  access.keep(byId("token").value);
  byId("token").value = "";
  byId("access").hidden = true;
});
document.addEventListener("visibilitychange", () => { if (document.hidden) stopListening(); });
access.readAddress();
watch();
