"""What the trail calls the acts and the things of this room."""

from __future__ import annotations

from contest_portal.core.audit_words import call
from contest_portal.core.text import N_

call(
    {
        "media.announce_hash": N_("登记文件校验码"),
        "media.ask_for_missing": N_("补做预览"),
        "media.begin_move": N_("开始迁移文件"),
        "media.begin_upload": N_("开始上传"),
        "media.cancelled_upload": N_("取消上传"),
        "media.derive": N_("制作预览"),
        "media.expired_upload": N_("上传过期"),
        "media.failed_upload": N_("上传未能检查"),
        "media.fingerprint": N_("提取作品特征"),
        "media.finish_move": N_("完成迁移文件"),
        "media.finish_upload": N_("上传完成"),
        "media.make_again": N_("重新生成预览"),
        "media.refused_upload": N_("文件未收下"),
        "media.remove_moved": N_("清理已迁移的文件"),
        "media.sweep": N_("清理无用文件"),
        "media.take_upload": N_("收下上传的文件"),
    },
    {
        "blob": N_("文件"),
        "derivative": N_("预览"),
        "upload": N_("上传"),
    },
)
