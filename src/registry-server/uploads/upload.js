var __addDisposableResource = (this && this.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (this && this.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Refusal } from '../refusal.ts';
/** One blob on its way in: a file that grows, hashed as it does. */
export class Upload {
    id;
    repository;
    path;
    #hash = createHash('sha256');
    #size = 0;
    /** The request whose bytes are taken; a later one takes its place. */
    #writer;
    #written = Promise.resolve();
    #isSealed = false;
    constructor(id, repository, path) {
        this.id = id;
        this.repository = repository;
        this.path = path;
    }
    /** Takes up what an earlier process, or a failed write, left in the file. */
    async resume() {
        this.#hash = createHash('sha256');
        this.#size = 0;
        for await (const chunk of createReadStream(this.path, { highWaterMark: 1 << 20 }))
            this.#count(chunk);
    }
    /** Bytes that are here. */
    get size() {
        return this.#size;
    }
    /**
     * Makes the caller the one whose bytes are taken, and resolves when no earlier one's come any more: a client that
     * comes back must not wait for its own dead connection.
     */
    async takeOver() {
        const writer = Symbol('writer');
        if (!this.#isSealed)
            this.#writer = writer;
        await this.#written;
        return writer;
    }
    /** @throws Refusal, when it would become larger than `limitBytes`, another took over, or the upload is sealed */
    async append(writer, body, limitBytes) {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const file = __addDisposableResource(env_1, await open(this.path, 'a'), true);
            for await (const chunk of body) {
                if (this.#writer !== writer)
                    throw new Refusal('BLOB_UPLOAD_INVALID', 'another request took over');
                if (this.#size + chunk.length > limitBytes)
                    throw new Refusal('DENIED', 'quota exceeded');
                this.#written = file.writeFile(chunk).then(() => this.#count(chunk));
                await this.#written;
            }
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = __disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    /** Ends all appending, for good, and tells the digest of what is here. */
    async seal() {
        if (this.#isSealed)
            throw new Refusal('BLOB_UPLOAD_INVALID', 'the upload has ended already');
        this.#isSealed = true;
        this.#writer = undefined;
        await this.#written;
        return `sha256:${this.#hash.digest('hex')}`;
    }
    #count(chunk) {
        this.#hash.update(chunk);
        this.#size += chunk.length;
    }
}
