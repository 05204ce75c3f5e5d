"""Picks a small set of conformance cases per op and type: pick_cases.py OUT.zip FAMILY.zip ...

The families are zips of cases as `tuff verify` reads them. Per op, types in the case's name and status the smallest case is
kept; cases whose sizes depend on fed values, and strings, are left out.
"""
import re
import sys
import zipfile

LARGEST = 2500  # bytes of a case, packed
OPS = """ADD SUB MUL RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 LOGISTIC TANH QUANTIZE DEQUANTIZE AVERAGE_POOL_2D MAX_POOL_2D SOFTMAX MEAN SUM REDUCE_PROD
REDUCE_MAX REDUCE_MIN REDUCE_ANY REDUCE_ALL RESHAPE SQUEEZE EXPAND_DIMS SHAPE RANK STRIDED_SLICE SLICE REVERSE_V2 TRANSPOSE DEPTH_TO_SPACE SPACE_TO_DEPTH
BROADCAST_TO TILE SPLIT SPLIT_V UNPACK PACK CONCATENATION PAD PADV2 LEAKY_RELU""".split()
TYPE = re.compile(r"_(f32|f16|s8|u8|s16|s32|s64|u32|bool|s4|u4|s2|c64)(?=_|$)")

out, kept, index = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED), {}, []
for path in sys.argv[2:]:
    family = zipfile.ZipFile(path)
    size, entries = {}, {}
    for item in family.infolist():
        name = item.filename.split("/")[0]
        size[name] = size.get(name, 0) + item.compress_size + 150
        entries.setdefault(name, []).append(item.filename)
    lines = [line.split("\t") for line in family.read("index.tsv").decode().splitlines()]
    for line in sorted(lines, key=lambda line: (size[line[0]], line[0])):
        name, ops, status = line[:3]
        if ops not in OPS or size[name] > LARGEST or re.search("dynamic|_fed(_keep)?$|string|shape_changes|window_moves|empty", name):
            continue
        special = re.search("pot|act|specials|rescaled|ellipsis|offset|per_axis|resized", name)
        group = (ops, tuple(TYPE.findall(name)) if status == "ok" else (), status, special and special.group(0))
        if group in kept:
            continue
        kept[group] = True
        index.append("\t".join(line))
        for entry in sorted(entries[name]):
            out.writestr(zipfile.ZipInfo(entry), family.read(entry), zipfile.ZIP_DEFLATED, 9)
out.writestr(zipfile.ZipInfo("index.tsv"), "\n".join(index) + "\n", zipfile.ZIP_DEFLATED, 9)
out.close()
print(len(index), "cases")
