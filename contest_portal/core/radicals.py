"""Chinese radicals as characters. Pure.

PDFs hold one for the other, since fonts draw them alike (⻢ for 马). NFKC knows the radicals of the Kangxi block and leaves
most of those of the block "CJK Radicals Supplement" alone.
"""

from __future__ import annotations

AS_CHARACTERS = str.maketrans(
    "⺟⺠⺫⺯⺶⻁⻄⻅⻆⻉⻋⻐⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "母民目糸羊虎西见角贝车金长长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
"""For `str.translate`: radicals that stand alone as a character, and that character."""
