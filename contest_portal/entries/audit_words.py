"""What the trail calls the acts and the things of this room."""

from __future__ import annotations

from contest_portal.core.audit_words import call
from contest_portal.core.text import N_

call(
    {
        "entries.accept": N_("形式审查通过"),
        "entries.add_batch_file": N_("添加批量文件"),
        "entries.add_file": N_("上传作品文件"),
        "entries.approve_by_school": N_("学校审核通过"),
        "entries.ask_for_approval": N_("送学校审核"),
        "entries.create_draft": N_("新建作品"),
        "entries.delete_draft": N_("删除草稿"),
        "entries.discard_batch": N_("放弃批量上传"),
        "entries.discard_changes": N_("放弃修改"),
        "entries.drop_allowance": N_("取消名额调整"),
        "entries.find_likeness": N_("查找相似作品"),
        "entries.grant_exception": N_("准许延期"),
        "entries.judge_pair": N_("认定相似作品"),
        "entries.make_batch_drafts": N_("批量生成作品"),
        "entries.mask_again": N_("重新遮盖姓名"),
        "entries.mask_file": N_("遮盖姓名"),
        "entries.mend_batch": N_("修改批量内容"),
        "entries.open_batch": N_("开始批量上传"),
        "entries.read_batch_again": N_("重新读取批量文件"),
        "entries.reject": N_("形式审查不通过"),
        "entries.remove_batch_row": N_("移除批量中的一行"),
        "entries.remove_file": N_("移除作品文件"),
        "entries.reopen": N_("重新审查"),
        "entries.restore_submitted": N_("恢复已提交的版本"),
        "entries.return": N_("退回修改"),
        "entries.save_draft": N_("保存作品"),
        "entries.send_back_by_school": N_("学校退回"),
        "entries.set_allowance": N_("调整学校名额"),
        "entries.settle_name": N_("认定姓名线索"),
        "entries.submit": N_("提交作品"),
        "entries.take_contents_in": N_("收录作品内容"),
        "entries.withdraw": N_("退出评选"),
    },
    {
        "entry": N_("作品"),
        "entry_file": N_("作品文件"),
        "entry_version": N_("作品版本"),
        "file_mask": N_("姓名遮盖"),
        "fingerprint": N_("作品特征"),
        "likeness_pair": N_("相似作品"),
        "name_trace": N_("姓名线索"),
        "painting_batch": N_("批量上传"),
        "school_allowance": N_("学校名额"),
        "screening_decision": N_("形式审查"),
    },
)
