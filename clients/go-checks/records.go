package checks

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Record is what is written and read, in no client's own type.
type Record struct {
	Partition int32
	Offset    int64
	Key       []byte
	Value     []byte
	Headers   []Header
	Timestamp time.Time
}

// Header of a record. Names may repeat.
type Header struct {
	Key   string
	Value []byte
}

// Records carry times an interval apart, from this one on, so that time grows with the offset.
var (
	clock sync.Mutex
	now   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

const interval = time.Second

func record(key, value []byte, headers ...Header) Record {
	clock.Lock()
	defer clock.Unlock()
	now = now.Add(interval)
	return Record{Key: key, Value: value, Headers: headers, Timestamp: now}
}

// Unkeyed records, with values that compress well.
func Unkeyed(check string, count int) []Record {
	records := make([]Record, count)
	for i := range records {
		text := fmt.Sprintf("%s %d %s", check, i, strings.Repeat("la ", 30))
		records[i] = record(nil, []byte(text))
	}
	return records
}

// Keyed records: each of the keys comes three times.
func Keyed(keys ...string) []Record {
	var records []Record
	for round := range 3 {
		for _, key := range keys {
			records = append(records, record([]byte(key), fmt.Appendf(nil, "%s, round %d", key, round)))
		}
	}
	return records
}

// NullValues has a null value between two that are not, the empty one among them.
func NullValues() []Record {
	return []Record{
		record([]byte("gone"), []byte("here")),
		record([]byte("gone"), nil),
		record([]byte("gone"), []byte{}),
	}
}

// WithHeaders has several headers, repeated names, an empty name, an empty and a null value.
func WithHeaders() []Record {
	return []Record{
		record(nil, []byte("none")),
		record(nil, []byte("one"), Header{"trace", []byte("abc")}),
		record(nil, []byte("many"),
			Header{"twice", []byte("1")}, Header{"twice", []byte("2")}, Header{"", []byte("no name")},
			Header{"empty", []byte{}}, Header{"null", nil}, Header{"größe", []byte{0, 255}}),
	}
}

// Sizes from one byte to a million, which with its batch is just below the default limit.
func Sizes() []Record {
	var records []Record
	for _, size := range []int{1, 100, 10_000, 1_000_000} {
		value := make([]byte, size)
		for i := range value {
			value[i] = byte(i * i >> 8)
		}
		records = append(records, record(nil, value))
	}
	return records
}
