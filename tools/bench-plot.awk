# Draws a plot as SVG, readable on light and on dark ground.
#   -v title=T -v subtitle=T -v across=T -v up=T
# Input: "SERIES<tab>CLASS<tab>X<tab>Y" a point; points of a series in order. CLASS is the look:
# fang or mainline, and "dashed" besides.

BEGIN {
	FS = "\t"
	WIDTH = 760; HEIGHT = 420
	LEFT = 70; RIGHT = 230; TOP = 82; BOTTOM = 48
	TICKS = 5
	# Of two labels at the right, so that neither covers the other.
	APART = 16
}

NF >= 4 {
	if (!($1 in class_of)) {
		series[++count] = $1
		class_of[$1] = $2
	}
	points[$1] = points[$1] " " $3 "," $4
	if ($3 + 0 > x_max)
		x_max = $3 + 0
	if ($4 + 0 > y_max)
		y_max = $4 + 0
	at_x[$3 + 0] = 1
	last_y[$1] = $4
}

# step(MAX): 1, 2 or 5 times a power of ten, TICKS times at the most.
function step(max, s) {
	for (s = 1; s * TICKS < max; s *= 10) {
		if (s * 2 * TICKS >= max)
			return s * 2
		if (s * 5 * TICKS >= max)
			return s * 5
	}
	return s
}

function px(x) { return sprintf("%.1f", LEFT + x / x_max * (WIDTH - LEFT - RIGHT)) }

function py(y) { return sprintf("%.1f", HEIGHT - BOTTOM - y / y_top * (HEIGHT - TOP - BOTTOM)) }

function text(x, y, class, words) {
	gsub(/&/, "\\&amp;", words)
	gsub(/</, "\\&lt;", words)
	printf "<text x=\"%s\" y=\"%s\" class=\"%s\">%s</text>\n", x, y, class, words
}

# Labels beside the ends of their lines, from the top; pushed down where too near.
function place_labels(i, j, name, swap) {
	for (i = 1; i <= count; i++)
		order[i] = series[i]
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && last_y[order[j]] + 0 > last_y[order[j - 1]] + 0; j--) {
			swap = order[j]; order[j] = order[j - 1]; order[j - 1] = swap
		}
	for (i = 1; i <= count; i++) {
		label_y[i] = py(last_y[order[i]]) + 4
		if (i > 1 && label_y[i] < label_y[i - 1] + APART)
			label_y[i] = label_y[i - 1] + APART
	}
	# The lowest must not fall off; it lifts those above it.
	if (count && label_y[count] > HEIGHT - BOTTOM + 4)
		label_y[count] = HEIGHT - BOTTOM + 4
	for (i = count - 1; i >= 1; i--)
		if (label_y[i] > label_y[i + 1] - APART)
			label_y[i] = label_y[i + 1] - APART
	for (i = 1; i <= count; i++)
		text(WIDTH - RIGHT + 10, label_y[i], "label " class_of[order[i]], order[i])
}

END {
	if (!count)
		exit 1
	ticks = step(y_max)
	y_top = ticks * int((y_max + ticks - 1) / ticks)
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n", WIDTH, HEIGHT
	printf "<title>%s</title>\n", title
	print "<style>"
	print "svg { --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d1d9e0; --fang: #0a5fc4; --mainline: #b35900; background: var(--ground); }"
	print "@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #f0f6fc; --soft: #9198a1; --grid: #3d444d; --fang: #58a6ff; --mainline: #f0953f; } }"
	print "text { font: 13px sans-serif; fill: var(--ink); } .title { font-size: 17px; font-weight: 600; } .soft { fill: var(--soft); }"
	print ".right { text-anchor: end; } .middle { text-anchor: middle; } .grid { stroke: var(--grid); stroke-width: 1; }"
	print "polyline { fill: none; stroke-width: 2.5; } polyline.fang { stroke: var(--fang); } polyline.mainline { stroke: var(--mainline); }"
	print "polyline.dashed { stroke-dasharray: 7 5; } circle.fang { fill: var(--fang); } circle.mainline { fill: var(--mainline); }"
	print ".label.fang { fill: var(--fang); } .label.mainline { fill: var(--mainline); }"
	print "</style>"
	text(16, 26, "title", title)
	text(16, 46, "soft", subtitle)
	for (y = 0; y <= y_top; y += ticks) {
		printf "<line x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\" class=\"grid\"/>\n", LEFT, WIDTH - RIGHT, py(y), py(y)
		text(LEFT - 8, py(y) + 4, "soft right", y)
	}
	for (x in at_x)
		# Points that stand close share one number.
		if (x + 0 == 0 || x + 0 >= x_max / 20)
			text(px(x), HEIGHT - BOTTOM + 18, "soft middle", x)
	text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "soft middle", across)
	text(16, TOP - 14, "soft", up)
	for (i = 1; i <= count; i++) {
		n = split(points[series[i]], point, " ")
		line = ""
		for (j = 1; j <= n; j++) {
			split(point[j], xy, ",")
			line = line " " px(xy[1]) "," py(xy[2])
			printf "<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" class=\"%s\"/>\n", px(xy[1]), py(xy[2]), class_of[series[i]]
		}
		printf "<polyline points=\"%s\" class=\"%s\"/>\n", substr(line, 2), class_of[series[i]]
	}
	place_labels()
	print "</svg>"
}
