;; Looks for the end of a content-defined part in a block of bytes: the first place where the gear hash is below a
;; limit. Each byte shifts the hash by one bit and adds the byte's number from the gear table, so that 32 bytes
;; decide all of it.
;;
;; The hash of a byte needs that of the byte before, and a processor could do more in the meantime: two stretches, one
;; behind the other, are searched at once. The second begins with the hash of the 32 bytes before it.
;;
;; npx --package=wabt wat2wasm gear-scan.wat -o gear-scan.wasm && base64 -w0 gear-scan.wasm
(module
  ;; At 0 the gear table (gear.ts), 256 numbers of 4 bytes; behind it the block, at most 64 KiB.
  (memory (export "memory") 2)
  (data (i32.const 0)
    "\09\4b\03\b3\08\20\95\f4\2d\67\b7\54\60\68\7a\69\47\b6\6c\1f\f4\6f\58\c7\ba\51\fc\33\26\bc\e3\c2"
    "\49\13\25\b9\da\ab\d0\8b\70\d9\6e\47\bf\fc\91\08\e1\8e\82\70\72\78\e4\7b\e6\b8\2d\d0\47\be\4f\95"
    "\24\de\f5\a7\e8\c4\e9\23\d7\96\93\9c\bd\66\00\e3\40\69\05\67\ca\56\bf\38\54\58\38\4e\f4\71\00\1c"
    "\3a\f5\91\0f\89\83\15\3e\fc\9e\5f\8e\7e\f0\b1\58\f0\80\6d\dc\0e\8b\2c\13\22\fa\cf\6b\b8\ab\25\78"
    "\86\5a\a6\ae\21\96\69\80\c9\28\c6\06\c2\2b\7e\24\81\dd\50\b3\a1\3d\d2\7f\cc\8a\44\03\f2\11\08\ea"
    "\01\6b\f8\c1\79\d4\a9\89\e9\9b\74\fa\09\ec\00\1e\42\90\30\b2\88\37\4c\c3\ff\b8\37\0d\03\0f\55\80"
    "\16\e1\f5\67\95\7b\5e\f7\4e\66\98\88\a8\5b\62\b5\8a\11\a9\7c\f0\83\0e\1e\ba\56\67\78\3c\e1\34\f9"
    "\35\c6\5c\2e\21\17\a5\90\b8\07\bd\3c\1d\4b\43\8d\d7\33\52\33\37\2b\12\73\85\92\f7\69\c6\19\5e\e2"
    "\1c\4c\cd\57\ec\c1\0e\d3\bf\5a\e5\59\dd\4b\82\8f\60\b2\8c\46\30\65\f1\ad\6e\aa\27\cd\3a\2b\d4\f5"
    "\3e\00\da\59\e1\09\00\26\f3\32\eb\67\35\80\b3\18\e4\f5\6c\88\c2\6c\f0\00\e4\77\ec\2a\88\f5\ce\80"
    "\7e\ac\28\54\c7\7d\10\a1\a9\49\05\e3\3a\18\30\7b\fe\5b\2e\1e\ed\c5\b8\0c\8a\bd\09\b5\8f\5b\90\c7"
    "\00\11\ac\0b\6a\3c\e1\12\03\27\0a\6d\bd\1d\d6\15\62\20\e7\c2\f1\67\a4\4a\7c\4f\58\9c\7a\a0\3d\f0"
    "\f9\eb\f3\b0\35\34\09\02\ec\8d\bc\0f\83\0f\f6\32\23\3b\77\f4\31\ae\95\c1\b5\94\f6\ca\7f\13\bc\0d"
    "\1c\cf\e0\0d\51\9f\1c\2d\d1\2e\c8\78\7a\17\a6\c1\f2\81\31\a4\b2\35\e4\45\02\a6\0f\b0\47\35\a9\ad"
    "\42\7e\eb\49\c8\2c\8e\e8\86\4c\4e\17\54\a1\9d\9d\89\c7\c7\af\5e\33\98\2e\43\54\97\1d\5c\23\0a\3e"
    "\a1\7a\1b\59\08\ef\ca\1d\0c\30\ee\79\5c\cd\09\2d\53\8a\1a\0d\14\59\5e\f7\c9\d0\59\c1\3b\c0\49\fc"
    "\b2\de\5e\98\86\ca\8a\8f\44\1e\dc\31\7a\b3\f3\5b\80\7c\02\9e\a0\3c\8a\6b\eb\71\0e\46\c2\cd\dd\96"
    "\c7\06\e5\37\75\14\8a\ab\b9\07\d9\14\26\3d\fb\a6\dc\d1\70\59\cd\72\db\89\ba\4e\cf\5f\0a\7b\38\98"
    "\3c\ed\6a\f7\94\41\e0\e2\28\87\e4\7e\96\e5\83\38\dd\2e\66\e2\cc\f8\c6\95\62\df\f6\ec\50\f3\7d\a2"
    "\99\66\8f\88\0c\3a\0f\b2\32\82\41\f5\5a\14\77\3c\d8\bf\f0\cb\e6\ee\fb\3e\37\a5\8c\25\c4\82\ec\a7"
    "\c4\36\36\46\d3\27\81\6e\05\65\9f\c3\31\58\39\4a\1a\b1\0a\20\06\9a\74\6d\5c\a0\aa\c7\86\86\86\de"
    "\36\bb\2d\03\f3\d3\ad\12\27\0b\0a\c6\9c\93\5a\ff\e4\1a\81\4d\7d\98\22\89\a6\0d\b3\1d\7e\6b\52\cf"
    "\84\eb\9c\64\44\b2\4e\73\24\22\21\80\b9\4c\f1\22\59\0d\b9\ac\b0\bd\69\32\a9\88\8f\a5\43\b1\4a\61"
    "\73\3b\fa\96\e6\2c\ff\d8\a7\46\69\f1\8c\ae\b8\34\88\96\4a\d0\42\23\09\4e\74\7d\8b\5c\24\2b\8d\98"
    "\59\bb\f6\ff\b8\a8\ad\fd\a3\a1\14\ab\45\5d\ca\55\f7\02\55\0f\5f\e4\92\67\85\2a\51\ad\ff\5d\98\88"
    "\d2\cd\da\f3\9f\51\97\f0\b9\25\4a\5e\c3\0b\30\b0\af\50\90\43\3c\9b\c3\a0\eb\b9\e3\84\69\c1\be\6c"
    "\bc\b6\f0\3a\a6\d5\e0\1d\d5\89\1e\36\5e\43\90\20\e9\14\a7\07\26\bd\ca\67\42\af\4f\fd\1f\55\0d\58"
    "\ec\63\c1\6f\2f\8c\df\c1\ef\dc\66\33\bf\93\b4\f8\6e\51\14\f9\58\eb\01\65\47\93\92\c6\32\82\ce\69"
    "\42\34\19\ca\ca\e1\c7\af\17\78\89\e9\b1\e2\56\33\f6\8d\59\ac\dc\b3\04\46\a7\eb\28\76\04\46\8d\bf"
    "\1b\c9\9e\08\c9\ef\be\ac\c6\15\8a\c2\cc\32\e8\71\17\51\4c\9f\31\04\a3\bb\13\51\95\88\ff\77\fc\b9"
    "\be\57\6b\3d\7b\a1\aa\c0\18\5a\20\5f\0c\ad\aa\ed\8c\e2\a9\c1\3f\e3\d8\ce\fa\e7\50\d3\cb\e2\fe\e2"
    "\9a\37\c4\dc\f1\92\67\1e\05\63\27\b9\f6\d8\92\1d\54\11\ae\0c\ca\c8\ac\f2\d3\b5\9e\08\09\60\29\38")

  ;; The hash before the block, and after a block in which nothing was found.
  (global $hash (export "hash") (mut i32) (i32.const 0))

  ;; Where in the memory the first byte stands after whose predecessor the hash is below the limit; -1 for nowhere.
  (func (export "find") (param $at i32) (param $end i32) (param $limit i32) (result i32)
    (local $one i32) (local $other i32) (local $stop i32)
    (block $rest
      (loop $pair
        (br_if $rest (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 8192)))
        (local.set $one (global.get $hash))
        (local.set $other (call $hashOf (i32.add (local.get $at) (i32.const 4064))))
        (local.set $stop (i32.add (local.get $at) (i32.const 4096)))
        (loop $byte
          (local.set $one
            (i32.add
              (i32.shl (local.get $one) (i32.const 1))
              (i32.load (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))))
          (local.set $other
            (i32.add
              (i32.shl (local.get $other) (i32.const 1))
              (i32.load (i32.shl (i32.load8_u offset=4096 (local.get $at)) (i32.const 2)))))
          (if
            (i32.or
              (i32.lt_u (local.get $one) (local.get $limit))
              (i32.lt_u (local.get $other) (local.get $limit)))
            ;; In which of the two, and whether first, is left to the search from the beginning of the first.
            (then
              (local.set $at (i32.sub (local.get $stop) (i32.const 4096)))
              (br $rest)))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $byte (i32.lt_u (local.get $at) (local.get $stop))))
        (global.set $hash (local.get $other))
        (local.set $at (i32.add (local.get $at) (i32.const 4096)))
        (br $pair)))
    (call $findPlainly (local.get $at) (local.get $end) (local.get $limit)))

  (func $findPlainly (param $at i32) (param $end i32) (param $limit i32) (result i32)
    (local $hash i32)
    (local.set $hash (global.get $hash))
    (block $done
      (loop $byte
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $hash
          (i32.add
            (i32.shl (local.get $hash) (i32.const 1))
            (i32.load (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.lt_u (local.get $hash) (local.get $limit)) (then (return (local.get $at))))
        (br $byte)))
    (global.set $hash (local.get $hash))
    (i32.const -1))

  ;; The hash of 32 bytes.
  (func $hashOf (param $at i32) (result i32)
    (local $hash i32) (local $stop i32)
    (local.set $stop (i32.add (local.get $at) (i32.const 32)))
    (loop $byte
      (local.set $hash
        (i32.add
          (i32.shl (local.get $hash) (i32.const 1))
          (i32.load (i32.shl (i32.load8_u (local.get $at)) (i32.const 2)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $byte (i32.lt_u (local.get $at) (local.get $stop))))
    (local.get $hash)))
