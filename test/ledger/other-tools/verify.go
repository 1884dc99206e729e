// Verify reads a folder that Stile wrote and verifies it with golang.org/x/mod, which shares no code with Stile: the
// signatures of two checkpoints, the tiles and entries under them, inclusion proofs, and a consistency proof.
//
// It is built in GOPATH mode (GO111MODULE=off) on Debian's golang-go and golang-golang-x-mod-dev.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := verify(folder(os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func verify(dir folder) error {
	known, err := dir.verifiers()
	if err != nil {
		return err
	}
	earlier, err := dir.checkpoint("checkpoint.earlier", known)
	if err != nil {
		return err
	}
	later, err := dir.checkpoint("checkpoint", known)
	if err != nil {
		return err
	}
	for _, tree := range []tlog.Tree{earlier, later} {
		if err := dir.entries(tree); err != nil {
			return fmt.Errorf("tree of %d: %w", tree.N, err)
		}
	}
	proofs, err := dir.inclusion(known)
	if err != nil {
		return err
	}
	lines, err := os.ReadFile(dir.file("consistency"))
	if err != nil {
		return err
	}
	consistency, err := hashes(string(lines))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(consistency, later.N, later.Hash, earlier.N, earlier.Hash); err != nil {
		return fmt.Errorf("consistency of %d and %d: %w", earlier.N, later.N, err)
	}
	fmt.Printf("%d entries, %d proofs of inclusion, consistent with %d\n", later.N, proofs, earlier.N)
	return nil
}

type folder string

func (dir folder) file(path string) string {
	return filepath.Join(string(dir), filepath.FromSlash(path))
}

// verifiers are those of the log's key and of its witness's.
func (dir folder) verifiers() ([]note.Verifier, error) {
	logKey, err := os.ReadFile(dir.file("log.key"))
	if err != nil {
		return nil, err
	}
	log, err := note.NewVerifier(string(logKey))
	if err != nil {
		return nil, err
	}
	witnessKey, err := os.ReadFile(dir.file("witness.key"))
	if err != nil {
		return nil, err
	}
	witness, err := newCosignatureVerifier(string(witnessKey))
	if err != nil {
		return nil, err
	}
	return []note.Verifier{log, witness}, nil
}

// cosignatureVerifier is what x/mod has not: c2sp.org/tlog-cosignature, Ed25519.
type cosignatureVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosignatureVerifier(vkey string) (*cosignatureVerifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("malformed verifier key of the witness")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("malformed verifier key of the witness")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return nil, errors.New("the verifier key of the witness has not the ID of its key")
	}
	return &cosignatureVerifier{parts[0], binary.BigEndian.Uint32(sum[:4]), key[1:]}, nil
}

func (v *cosignatureVerifier) Name() string    { return v.name }
func (v *cosignatureVerifier) KeyHash() uint32 { return v.hash }
func (v *cosignatureVerifier) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	header := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(v.key, append([]byte(header), text...), sig[8:])
}

func (dir folder) checkpoint(name string, known []note.Verifier) (tlog.Tree, error) {
	message, err := os.ReadFile(dir.file(name))
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := openCheckpoint(message, known)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", name, err)
	}
	return tree, nil
}

// openCheckpoint wants the signatures of all the known keys, of which the first is the log's.
func openCheckpoint(message []byte, known []note.Verifier) (tlog.Tree, error) {
	signed, err := note.Open(message, note.VerifierList(known...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(signed.Sigs) != len(known) {
		return tlog.Tree{}, fmt.Errorf("%d signatures of known keys, not %d", len(signed.Sigs), len(known))
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != known[0].Name() || lines[3] != "" {
		return tlog.Tree{}, errors.New("not a checkpoint of the log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// entries reads every leaf hash from the tiles, which tlog authenticates by the root, and holds every entry against it.
func (dir folder) entries(tree tlog.Tree) error {
	indexes := make([]int64, tree.N)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	leaves, err := tlog.TileHashReader(tree, tiles{dir}).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for start := int64(0); start < tree.N; start += 256 {
		width := tree.N - start
		if width > 256 {
			width = 256
		}
		bundle, err := dir.bundle(start/256, width)
		if err != nil {
			return err
		}
		for i, entry := range bundle {
			if index := start + int64(i); tlog.RecordHash(entry) != leaves[index] {
				return fmt.Errorf("entry %d is not the one in the tree", index)
			}
		}
	}
	return nil
}

func (dir folder) bundle(index, width int64) ([][]byte, error) {
	tile := tlog.Tile{H: 8, L: 0, N: index, W: int(width)}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(dir.file(path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut off", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("%s has %d entries", path, len(entries))
	}
	return entries, nil
}

// tiles serves tlog the tiles of a folder. The paths of c2sp.org/tlog-tiles leave out the height, which is always 8.
type tiles struct{ dir folder }

func (r tiles) Height() int                     { return 8 }
func (r tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (r tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(wanted))
	for i, tile := range wanted {
		var err error
		data[i], err = os.ReadFile(r.dir.file(strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// inclusion verifies each file of the folder "proof", a c2sp.org/tlog-proof with its entry in the extra line.
func (dir folder) inclusion(known []note.Verifier) (int, error) {
	names, err := fs.Glob(os.DirFS(dir.file("proof")), "*.tlog-proof")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		text, err := os.ReadFile(dir.file("proof/" + name))
		if err != nil {
			return 0, err
		}
		if err := checkProof(text, known); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
	}
	return len(names), nil
}

func checkProof(text []byte, known []note.Verifier) error {
	head, checkpoint, _ := bytes.Cut(text, []byte("\n\n"))
	lines := strings.SplitN(string(head)+"\n", "\n", 4)
	if len(lines) != 4 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := hashes(lines[3])
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(checkpoint, known)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

// hashes reads lines of base64, each ending in a newline.
func hashes(lines string) ([]tlog.Hash, error) {
	var list []tlog.Hash
	for _, line := range strings.SplitAfter(lines, "\n") {
		if line == "" {
			continue
		}
		hash, err := tlog.ParseHash(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		list = append(list, hash)
	}
	return list, nil
}
