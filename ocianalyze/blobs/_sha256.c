/* SHA-256 of two streams at a time (FIPS 180-4), with the SHA instructions of x86-64.
 *
 * A round waits for the round before it, so that one stream keeps half of what the processor could
 * do. Two that know nothing of each other take about the time of one. Where there are no such
 * instructions the module says so by an ImportError, and hashlib does the work.
 */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#if !(defined(__x86_64__) && defined(__GNUC__))

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_sha256", NULL, -1, NULL};

PyMODINIT_FUNC PyInit__sha256(void)
{
    (void)module;
    PyErr_SetString(PyExc_ImportError, "made for the SHA instructions of x86-64");
    return NULL;
}

#else

#include <cpuid.h>
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define INSTRUCTIONS __attribute__((target("sha,sse4.1,ssse3")))
#define BLOCK 64
#define DIGEST 32
#define NEAR 4096 /* bytes of headers and padding between two contents */

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* One stream. The eight words are kept in the order of the instructions: ABEF, CDGH. */
typedef struct {
    uint32_t words[8];
    uint64_t length;
    uint8_t rest[BLOCK]; /* of a block that is not full: length % BLOCK bytes */
} Stream;

static const Stream fresh = {
    {0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667, 0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372},
    0, {0}};

/* Bytes that wait to be hashed. */
typedef struct {
    const uint8_t *at;
    size_t left;
} Bytes;

#define LOAD(from) _mm_loadu_si128((const __m128i *)(from))
#define STORE(to, value) _mm_storeu_si128((__m128i *)(to), value)
#define WORD_ORDER _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL)
#define SCHEDULE(w, i) \
    w[(i) & 3] = _mm_sha256msg2_epu32( \
        _mm_add_epi32(_mm_sha256msg1_epu32(w[(i) & 3], w[((i) + 1) & 3]), \
                      _mm_alignr_epi8(w[((i) + 3) & 3], w[((i) + 2) & 3], 4)), \
        w[((i) + 3) & 3])

INSTRUCTIONS static void compress(uint32_t *words, const uint8_t *data, size_t blocks)
{
    __m128i a = LOAD(words), c = LOAD(words + 4), w[4];
    for (; blocks; blocks--, data += BLOCK) {
        const __m128i a_before = a, c_before = c;
        for (int i = 0; i < 4; i++)
            w[i] = _mm_shuffle_epi8(LOAD(data + 16 * i), WORD_ORDER);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            const __m128i x = _mm_add_epi32(w[i & 3], LOAD(constants + 4 * i));
            c = _mm_sha256rnds2_epu32(c, a, x);
            a = _mm_sha256rnds2_epu32(a, c, _mm_shuffle_epi32(x, 0x0e));
            if (i < 12)
                SCHEDULE(w, i);
        }
        a = _mm_add_epi32(a, a_before);
        c = _mm_add_epi32(c, c_before);
    }
    STORE(words, a);
    STORE(words + 4, c);
}

INSTRUCTIONS static void compress_two(
    uint32_t *words, const uint8_t *data, uint32_t *others, const uint8_t *beside, size_t blocks)
{
    __m128i a = LOAD(words), c = LOAD(words + 4), w[4];
    __m128i b = LOAD(others), d = LOAD(others + 4), v[4];
    for (; blocks; blocks--, data += BLOCK, beside += BLOCK) {
        const __m128i a_before = a, c_before = c, b_before = b, d_before = d;
        for (int i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(LOAD(data + 16 * i), WORD_ORDER);
            v[i] = _mm_shuffle_epi8(LOAD(beside + 16 * i), WORD_ORDER);
        }
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            const __m128i k = LOAD(constants + 4 * i);
            const __m128i x = _mm_add_epi32(w[i & 3], k), y = _mm_add_epi32(v[i & 3], k);
            c = _mm_sha256rnds2_epu32(c, a, x);
            d = _mm_sha256rnds2_epu32(d, b, y);
            a = _mm_sha256rnds2_epu32(a, c, _mm_shuffle_epi32(x, 0x0e));
            b = _mm_sha256rnds2_epu32(b, d, _mm_shuffle_epi32(y, 0x0e));
            if (i < 12) {
                SCHEDULE(w, i);
                SCHEDULE(v, i);
            }
        }
        a = _mm_add_epi32(a, a_before);
        c = _mm_add_epi32(c, c_before);
        b = _mm_add_epi32(b, b_before);
        d = _mm_add_epi32(d, d_before);
    }
    STORE(words, a);
    STORE(words + 4, c);
    STORE(others, b);
    STORE(others + 4, d);
}

/* Both streams take the same bytes: what is made of a block before its rounds is made once. */
INSTRUCTIONS static void compress_same(
    uint32_t *words, uint32_t *others, const uint8_t *data, size_t blocks)
{
    __m128i a = LOAD(words), c = LOAD(words + 4), w[4];
    __m128i b = LOAD(others), d = LOAD(others + 4);
    for (; blocks; blocks--, data += BLOCK) {
        const __m128i a_before = a, c_before = c, b_before = b, d_before = d;
        for (int i = 0; i < 4; i++)
            w[i] = _mm_shuffle_epi8(LOAD(data + 16 * i), WORD_ORDER);
#pragma GCC unroll 16
        for (int i = 0; i < 16; i++) {
            const __m128i x = _mm_add_epi32(w[i & 3], LOAD(constants + 4 * i));
            const __m128i y = _mm_shuffle_epi32(x, 0x0e);
            c = _mm_sha256rnds2_epu32(c, a, x);
            d = _mm_sha256rnds2_epu32(d, b, x);
            a = _mm_sha256rnds2_epu32(a, c, y);
            b = _mm_sha256rnds2_epu32(b, d, y);
            if (i < 12)
                SCHEDULE(w, i);
        }
        a = _mm_add_epi32(a, a_before);
        c = _mm_add_epi32(c, c_before);
        b = _mm_add_epi32(b, b_before);
        d = _mm_add_epi32(d, d_before);
    }
    STORE(words, a);
    STORE(words + 4, c);
    STORE(others, b);
    STORE(others + 4, d);
}

/* Hash whole blocks of one stream, and as many of another as there are beside them. */
static void advance(
    uint32_t *words, const uint8_t *data, size_t blocks, Stream *other, Bytes *beside)
{
    const size_t waiting = beside->left / BLOCK;
    const size_t both = blocks < waiting ? blocks : waiting;
    if (both) {
        if (beside->at == data)
            compress_same(words, other->words, data, both);
        else
            compress_two(words, data, other->words, beside->at, both);
        other->length += both * BLOCK;
        beside->at += both * BLOCK;
        beside->left -= both * BLOCK;
    }
    compress(words, data + both * BLOCK, blocks - both);
}

static void take(Stream *stream, const uint8_t *data, size_t size, Stream *other, Bytes *beside)
{
    const size_t held = stream->length % BLOCK;
    stream->length += size;
    if (held) {
        const size_t room = BLOCK - held, some = size < room ? size : room;
        memcpy(stream->rest + held, data, some);
        if (some < room)
            return;
        advance(stream->words, stream->rest, 1, other, beside);
        data += some;
        size -= some;
    }
    advance(stream->words, data, size / BLOCK, other, beside);
    if (size % BLOCK)
        memcpy(stream->rest, data + size / BLOCK * BLOCK, size % BLOCK);
}

/* Write the digest; the stream is used up. */
static void finish(Stream *stream, uint8_t *digest, Stream *other, Bytes *beside)
{
    static const int order[8] = {3, 2, 7, 6, 1, 0, 5, 4};
    const size_t held = stream->length % BLOCK, blocks = held < BLOCK - 8 ? 1 : 2;
    const uint64_t bits = __builtin_bswap64(stream->length * 8);
    uint8_t last[2 * BLOCK] = {0};
    memcpy(last, stream->rest, held);
    last[held] = 0x80;
    memcpy(last + blocks * BLOCK - 8, &bits, 8);
    advance(stream->words, last, blocks, other, beside);
    for (int i = 0; i < 8; i++) {
        const uint32_t word = __builtin_bswap32(stream->words[order[i]]);
        memcpy(digest + 4 * i, &word, 4);
    }
}

static void take_alone(Stream *stream, Bytes *waiting, size_t most)
{
    Bytes none = {NULL, 0};
    const size_t some = waiting->left < most ? waiting->left : most;
    take(stream, waiting->at, some, NULL, &none);
    waiting->at += some;
    waiting->left -= some;
}

/* Before others are hashed: only whole blocks can go beside them, best the same ones. */
static void come_near(Stream *stream, Bytes *waiting, const uint8_t *data)
{
    const uintptr_t ahead = (uintptr_t)data - (uintptr_t)waiting->at;
    take_alone(stream, waiting, ahead <= NEAR ? ahead : 0);
    take_alone(stream, waiting, (BLOCK - stream->length % BLOCK) % BLOCK);
}

/* Afterwards: less than a block would wait for ever. */
static void round_off(Stream *stream, Bytes *waiting)
{
    if (waiting->left < BLOCK)
        take_alone(stream, waiting, BLOCK);
}

typedef struct {
    PyObject_HEAD
    Stream stream;
} Sha256;

static PyObject *sha256_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(names))
{
    if (!PyArg_ParseTuple(args, ":Sha256"))
        return NULL;
    Sha256 *self = (Sha256 *)PyType_GenericAlloc(type, 0);
    if (self)
        self->stream = fresh;
    return (PyObject *)self;
}

static void sha256_free(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* Streams are copied out and back: threads that share one may mix it up, but nothing else. */
static PyObject *sha256_update(Sha256 *self, PyObject *data)
{
    Py_buffer view;
    if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE))
        return NULL;
    Stream stream = self->stream;
    Bytes none = {NULL, 0};
    Py_BEGIN_ALLOW_THREADS
    take(&stream, view.buf, (size_t)view.len, NULL, &none);
    Py_END_ALLOW_THREADS
    self->stream = stream;
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

static PyObject *sha256_update_beside(Sha256 *self, PyObject *args)
{
    Sha256 *other;
    Py_buffer data, bytes;
    if (!PyArg_ParseTuple(args, "y*O!y*:update_beside", &data,
                          Py_TYPE((PyObject *)self), &other, &bytes))
        return NULL;
    Stream stream = self->stream, second = other->stream;
    Bytes waiting = {bytes.buf, self == other ? 0 : (size_t)bytes.len};
    const size_t before = waiting.left;
    Py_BEGIN_ALLOW_THREADS
    come_near(&second, &waiting, data.buf);
    take(&stream, data.buf, (size_t)data.len, &second, &waiting);
    round_off(&second, &waiting);
    Py_END_ALLOW_THREADS
    if (self != other)
        other->stream = second;
    self->stream = stream;
    PyBuffer_Release(&data);
    PyBuffer_Release(&bytes);
    return PyLong_FromSize_t(before - waiting.left);
}

/* Read where parts are; -1 for a size stands for no part. NULL with an exception set. */
static Py_ssize_t *read_parts(PyObject *starts, PyObject *sizes, Py_ssize_t count, Py_ssize_t length)
{
    Py_ssize_t *parts = PyMem_Malloc((size_t)(count ? count : 1) * 2 * sizeof *parts);
    if (!parts)
        return (Py_ssize_t *)PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        const Py_ssize_t start = PyLong_AsSsize_t(PyTuple_GetItem(starts, i));
        const Py_ssize_t size = PyLong_AsSsize_t(PyTuple_GetItem(sizes, i));
        if (size != -1 && !PyErr_Occurred()
            && (start < 0 || size < 0 || start > length || size > length - start))
            PyErr_SetString(PyExc_ValueError, "a part lies outside of the data");
        if (PyErr_Occurred()) {
            PyMem_Free(parts);
            return NULL;
        }
        parts[2 * i] = start;
        parts[2 * i + 1] = size;
    }
    return parts;
}

static void hash_parts(
    const uint8_t *data, const Py_ssize_t *parts, Py_ssize_t count, uint8_t *digests,
    Stream *other, Bytes *waiting)
{
    for (; count; count--, parts += 2, digests += DIGEST) {
        if (parts[1] < 0) {
            memset(digests, 0, DIGEST);
            continue;
        }
        Stream stream = fresh;
        come_near(other, waiting, data + parts[0]);
        take(&stream, data + parts[0], (size_t)parts[1], other, waiting);
        finish(&stream, digests, other, waiting);
    }
}

static PyObject *sha256_beside_parts(Sha256 *self, PyObject *args)
{
    PyObject *starts, *sizes, *digests = NULL, *result = NULL;
    Py_ssize_t *parts = NULL;
    Py_buffer bytes, data;
    if (!PyArg_ParseTuple(args, "y*y*O!O!:beside_parts", &bytes, &data, &PyTuple_Type, &starts,
                          &PyTuple_Type, &sizes))
        return NULL;
    const Py_ssize_t count = PyTuple_Size(starts);
    if (PyTuple_Size(sizes) != count)
        PyErr_SetString(PyExc_ValueError, "as many sizes as starts are needed");
    else if ((parts = read_parts(starts, sizes, count, data.len)))
        digests = PyBytes_FromStringAndSize(NULL, count * DIGEST);
    if (digests) {
        uint8_t *into = (uint8_t *)PyBytes_AsString(digests);
        Stream second = self->stream;
        Bytes waiting = {bytes.buf, (size_t)bytes.len};
        Py_BEGIN_ALLOW_THREADS
            hash_parts(data.buf, parts, count, into, &second, &waiting);
        round_off(&second, &waiting);
        Py_END_ALLOW_THREADS
        self->stream = second;
        result = Py_BuildValue("Nn", digests, bytes.len - (Py_ssize_t)waiting.left);
    }
    PyMem_Free(parts);
    PyBuffer_Release(&bytes);
    PyBuffer_Release(&data);
    return result;
}

static PyObject *sha256_digest(Sha256 *self, PyObject *Py_UNUSED(none))
{
    uint8_t digest[DIGEST];
    Stream stream = self->stream;
    Bytes none = {NULL, 0};
    finish(&stream, digest, NULL, &none);
    return PyBytes_FromStringAndSize((const char *)digest, DIGEST);
}

static PyObject *sha256_hexdigest(Sha256 *self, PyObject *none)
{
    PyObject *digest = sha256_digest(self, none);
    PyObject *text = digest ? PyObject_CallMethod(digest, "hex", NULL) : NULL;
    Py_XDECREF(digest);
    return text;
}

static PyObject *sha256_name(PyObject *Py_UNUSED(self), void *Py_UNUSED(none))
{
    return PyUnicode_FromString("sha256");
}

static PyMethodDef methods[] = {
    {"update", (PyCFunction)sha256_update, METH_O, NULL},
    {"update_beside", (PyCFunction)sha256_update_beside, METH_VARARGS, NULL},
    {"beside_parts", (PyCFunction)sha256_beside_parts, METH_VARARGS, NULL},
    {"digest", (PyCFunction)sha256_digest, METH_NOARGS, NULL},
    {"hexdigest", (PyCFunction)sha256_hexdigest, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef attributes[] = {{"name", sha256_name, NULL, NULL, NULL}, {NULL}};

static PyType_Slot slots[] = {
    {Py_tp_new, sha256_new},
    {Py_tp_dealloc, sha256_free},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {0, NULL},
};

static PyType_Spec spec = {
    "ocianalyze.blobs._sha256.Sha256", sizeof(Sha256), 0, Py_TPFLAGS_DEFAULT, slots};

static int has_instructions(void)
{
    unsigned int a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

static int fill(PyObject *module)
{
    if (!has_instructions()) {
        PyErr_SetString(PyExc_ImportError, "this processor has no SHA instructions");
        return -1;
    }
    PyObject *type = PyType_FromSpec(&spec);
    if (!type)
        return -1;
    const int failed = PyModule_AddObjectRef(module, "Sha256", type);
    Py_DECREF(type);
    return failed;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_sha256",
    .m_doc = "SHA-256 of two streams at a time (`ocianalyze.blobs.sha256` says how).",
    .m_size = 0,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__sha256(void) { return PyModuleDef_Init(&module); }

#endif
