-module(beamtalk_workspace_guest_tests).
-include_lib("eunit/include/eunit.hrl").

-define(NOWHERE, beamtalk_that_is_nowhere).

%% Neither what runs nor what the code path has is lacking, be it in a folder or in an archive.
lacking_test_() ->
    {setup, fun folder/0, fun remove/1,
     fun(Folder) ->
         InFolder = beamtalk_found_in_folder,
         InArchive = beamtalk_found_in_archive,
         ok = file:write_file(filename:join(Folder, "beamtalk_found_in_folder.beam"), <<>>),
         Archive = filename:join(Folder, "found.ez"),
         {ok, _} = zip:create(Archive, [{"found/ebin/beamtalk_found_in_archive.beam", <<>>}]),
         Asked = [lists, ?NOWHERE, InFolder, InArchive],
         true = code:add_pathz(Folder),
         true = code:add_pathz(filename:join([Archive, "found", "ebin"])),
         Lacking = beamtalk_workspace_guest:lacking(Asked),
         AsCode = [Each || Each <- Asked, code:which(Each) =:= non_existing],
         code:del_path(Folder),
         code:del_path(filename:join([Archive, "found", "ebin"])),
         [?_assertEqual([?NOWHERE], Lacking),
          ?_assertEqual(AsCode, Lacking),
          ?_assertEqual([?NOWHERE, InFolder, InArchive], beamtalk_workspace_guest:lacking(Asked))]
     end}.

%% A folder of the code path that is gone is passed over.
gone_folder_test() ->
    Folder = folder(),
    true = code:add_pathz(Folder),
    remove(Folder),
    ?assertEqual([?NOWHERE], beamtalk_workspace_guest:lacking([?NOWHERE])),
    code:del_path(Folder).

folder() ->
    string:trim(os:cmd("mktemp -d")).

remove(Folder) ->
    ok = file:del_dir_r(Folder).
