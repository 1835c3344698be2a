"""The night of a deadline, as it is: 2,000 teachers come when they come, each with a browser's session, forms and files.

plan → who comes when; place → the site before it begins; pictures → what is uploaded; lines → HTTP as a proxy asks it;
browser, teacher, office → what people do; watching → what the server takes for it; verdict → what was kept of it.
"""
