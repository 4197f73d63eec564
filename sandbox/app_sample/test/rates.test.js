import assert from "node:assert/strict";
import test from "node:test";
import { errorRate } from "../src/rates.js";

test("only server errors count", () => {
  assert.equal(errorRate([200, 404, 500, 503]), 0.5);
});

test("no request says nothing", () => {
  assert.equal(errorRate([]), undefined);
});
