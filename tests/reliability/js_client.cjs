// fal's own JavaScript client against the demo server. Prints one JSON object: feature → "ok" or what is different.
// Arguments: the package's folder, the demo server's base URL, its key. Standard input: JSON, the
// models' inputs, the model to try all else with, and the words that have the demo be slow or refuse.
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const assert = require("node:assert/strict");
const [, , folder, base, key] = process.argv;
const { inputs, slow, refused, endpoint } = JSON.parse(readFileSync(0, "utf8"));
const { createFalClient, ApiError, ValidationError } = require(folder);

const real = { "https://queue.fal.run": "queue", "https://fal.run": "run", "https://rest.fal.ai": "rest" };
const asked = [];
const here = (url, options) => {
  for (const [host, name] of Object.entries(real)) {
    if (url.startsWith(`${host}/`)) url = `${base}/${name}${url.slice(host.length)}`;
  }
  assert(url.startsWith(`${base}/`), `asks elsewhere: ${url}`);
  asked.push(url);
  return fetch(url, options);
};
const client = (credentials) => createFalClient({ credentials, fetch: here });
const fal = client(key);
const input = inputs[endpoint];
const busy = { ...input, prompt: `hills ${slow}` };
const bytesOf = async (url) => Buffer.from(await (await fetch(url)).arrayBuffer());
const sumOf = (bytes) => createHash("sha256").update(bytes).digest("hex");
const failure = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("no error");
};
const same = assert.deepEqual;
const callOff = (sent) =>
  Promise.all(sent.map(({ request_id: requestId }) => fal.queue.cancel(endpoint, { requestId }).catch(() => {})));

const features = {
  async "submit, status, result"() {
    const sent = await fal.queue.submit(endpoint, { input });
    const requestId = sent.request_id;
    assert(sent.status_url && sent.response_url && sent.cancel_url && sent.queue_position >= 0);
    await fal.queue.subscribeToStatus(endpoint, { requestId, pollInterval: 50 });
    const bare = await fal.queue.status(endpoint, { requestId });
    const status = await fal.queue.status(endpoint, { requestId, logs: true });
    same([bare.status, bare.logs ?? null, status.status], ["COMPLETED", null, "COMPLETED"]);
    assert(status.logs.length >= 5 && status.metrics.inference_time > 0);
    const result = await fal.queue.result(endpoint, { requestId });
    same(result.requestId, requestId);
    same((await bytesOf(result.data.images[0].url)).subarray(1, 4).toString(), "PNG");
  },
  async "status stream: each line once"() {
    const { request_id: requestId } = await fal.queue.submit(endpoint, { input: busy });
    const stream = await fal.queue.streamStatus(endpoint, { requestId, logs: true });
    const lines = [];
    stream.on("data", (event) => lines.push(...(event.logs ?? [])));
    same([(await stream.done()).status, stream.requestId], ["COMPLETED", requestId]);
    const status = await fal.queue.status(endpoint, { requestId, logs: true });
    same(lines, status.logs);
  },
  async "subscribe, polling"() {
    let last;
    const onQueueUpdate = (update) => (last = update);
    const result = await fal.subscribe(endpoint, { input, logs: true, pollInterval: 50, onQueueUpdate });
    assert(result.data.images.length === 1 && last.logs.length >= 5);
  },
  async "subscribe, streaming: each line once"() {
    let last, id;
    const options = { mode: "streaming", logs: true, onQueueUpdate: (update) => (last = update) };
    await fal.subscribe(endpoint, { input: busy, ...options, onEnqueue: (requestId) => (id = requestId) });
    const status = await fal.queue.status(endpoint, { requestId: id, logs: true });
    same([last.status, last.logs], ["COMPLETED", status.logs]);
  },
  async "run"() {
    const result = await fal.run(endpoint, { input });
    assert(result.requestId && result.data.images.length === 1);
  },
  async "cancel"() {
    const { request_id: requestId } = await fal.queue.submit(endpoint, { input: busy });
    await fal.queue.cancel(endpoint, { requestId });
    const status = await fal.queue.status(endpoint, { requestId, logs: true });
    same([status.status, status.error_type], ["COMPLETED", "client_cancelled"]);
    const error = await failure(fal.queue.result(endpoint, { requestId }));
    same([error.status, error.body.error_type], [499, "client_cancelled"]);
  },
  async "cancel, too late"() {
    const { requestId } = await fal.subscribe(endpoint, { input, pollInterval: 50 });
    const error = await failure(fal.queue.cancel(endpoint, { requestId }));
    same([error.status, error.body], [400, { status: "ALREADY_COMPLETED" }]);
  },
  async "upload"() {
    const url = await fal.storage.upload(new Blob([Buffer.from("a picture")], { type: "image/png" }));
    same((await bytesOf(url)).toString(), "a picture");
    assert(url.endsWith(".png"));
  },
  async "upload over 100 MB in parts"() {
    const bytes = Buffer.alloc(101 * 2 ** 20);
    for (let place = 0; place < bytes.length; place += 2 ** 20) bytes.writeUInt32LE(place, place);
    const url = await fal.storage.upload(new Blob([bytes], { type: "image/png" }));
    assert(asked.some((one) => one.includes("initiate-multipart")));
    same(sumOf(await bytesOf(url)), sumOf(bytes));
  },
  async "files in the input"() {
    const [edit, body] = Object.entries(inputs).find(([, one]) => one.image_urls);
    const picture = new Blob([Buffer.from(body.image_urls[0].split(",")[1], "base64")], { type: "image/png" });
    const result = await fal.subscribe(edit, { input: { ...body, image_urls: [picture] }, pollInterval: 50 });
    same(result.data.images.length, 1);
  },
  async "wrong key"() {
    const error = await failure(client("wrong:key").queue.submit(endpoint, { input }));
    same([error instanceof ApiError, error.status, error.body.detail], [true, 401, "invalid key credentials"]);
  },
  async "unknown model and request"() {
    const model = await failure(fal.queue.submit("nobody/nothing", { input }));
    same([model.status, model.body.detail], [404, "Application 'nobody/nothing' not found"]);
    const requestId = "00000000-0000-0000-0000-000000000000";
    for (const ask of ["status", "result", "cancel"]) {
      const error = await failure(fal.queue[ask](endpoint, { requestId }));
      same([error.status, error.body], [404, { status: "NOT_FOUND" }]);
    }
  },
  async "invalid input"() {
    const error = await failure(fal.queue.submit(endpoint, { input: { ...input, prompt: undefined } }));
    same([error instanceof ValidationError, error.status], [true, 422]);
    same([error.getFieldErrors("prompt")[0].type, error.fieldErrors[0].loc], ["missing", ["body", "prompt"]]);
  },
  async "refused content"() {
    const error = await failure(fal.subscribe(endpoint, { input: { ...input, prompt: refused }, pollInterval: 50 }));
    same([error.status, error.fieldErrors[0].type], [422, "content_policy_violation"]);
  },
  async "start timeout"() {
    const many = Array.from({ length: 6 }, () => fal.queue.submit(endpoint, { input: busy }));
    const sent = await Promise.all(many);
    const error = await failure(fal.run(endpoint, { input, startTimeout: 1.1 }));
    await callOff(sent);
    same([error.status, error.isUserTimeout], [504, true]);
  },
  async "low priority"() {
    const first = await Promise.all([1, 2, 3, 4, 5, 6].map(() => fal.queue.submit(endpoint, { input: busy })));
    const low = await fal.queue.submit(endpoint, { input, priority: "low" });
    const normal = await fal.queue.submit(endpoint, { input });
    const status = await fal.queue.status(endpoint, { requestId: low.request_id });
    await callOff([...first, low, normal]);
    assert(status.queue_position > normal.queue_position, `${status.queue_position} ${normal.queue_position}`);
  },
};
for (const [model, body] of Object.entries(inputs)) {
  features[model] = async () => {
    const result = await fal.subscribe(model, { input: body, pollInterval: 50 });
    const image = result.data.image ?? result.data.images[0];
    same((await bytesOf(image.url)).subarray(1, 4).toString(), "PNG");
  };
}

(async () => {
  const found = {};
  for (const [name, check] of Object.entries(features)) {
    try {
      await check();
      found[name] = "ok";
    } catch (error) {
      found[name] = `${error.name}: ${error.message} ${JSON.stringify(error.body ?? "")}`.slice(0, 300);
    }
  }
  console.log(JSON.stringify(found));
})();
