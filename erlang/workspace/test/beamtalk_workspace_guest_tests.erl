-module(beamtalk_workspace_guest_tests).
-include_lib("eunit/include/eunit.hrl").

-define(NOWHERE, beamtalk_that_is_nowhere).

%% What runs and what the code path has is not lacking, be it in a folder or in an archive.
compared_test_() ->
    {setup, fun folder/0, fun remove/1,
     fun(Folder) ->
         InFolder = beamtalk_found_in_folder,
         InArchive = beamtalk_found_in_archive,
         ok = file:write_file(filename:join(Folder, "beamtalk_found_in_folder.beam"), code(InFolder, 7)),
         Archive = filename:join(Folder, "found.ez"),
         {ok, _} = zip:create(Archive, [{"found/ebin/beamtalk_found_in_archive.beam", code(InArchive, 8)}]),
         Runs = hd(proplists:get_value(vsn, ?MODULE:module_info(attributes))),
         Asked = [{?MODULE, Runs}, {?NOWHERE, 1}, {InFolder, 7}, {InArchive, 8}],
         Before = beamtalk_workspace_guest:compared(Asked),
         true = code:add_pathz(Folder),
         true = code:add_pathz(filename:join([Archive, "found", "ebin"])),
         Same = beamtalk_workspace_guest:compared(Asked),
         #{others := Others} = beamtalk_workspace_guest:compared([{Module, 9} || {Module, _} <- Asked]),
         code:del_path(Folder),
         code:del_path(filename:join([Archive, "found", "ebin"])),
         [?_assertEqual(#{lacking => [?NOWHERE, InFolder, InArchive], others => []}, Before),
          ?_assertEqual(#{lacking => [?NOWHERE], others => []}, Same),
          ?_assertMatch([{?MODULE, _}, {InFolder, _}, {InArchive, _}], Others),
          ?_assertEqual(list_to_binary(filename:join(Folder, "beamtalk_found_in_folder.beam")),
                        proplists:get_value(InFolder, Others))]
     end}.

%% What is loaded counts, not what a file says by now; of several files the first on the path.
first_on_path_test() ->
    {First, Second} = {folder(), folder()},
    Module = beamtalk_found_twice,
    [ok = file:write_file(filename:join(Folder, "beamtalk_found_twice.beam"), code(Module, Version))
     || {Folder, Version} <- [{First, 1}, {Second, 2}]],
    ok = code:add_pathsa([Second, First]),
    ?assertMatch(#{others := []}, beamtalk_workspace_guest:compared([{Module, 1}])),
    {module, Module} = code:load_binary(Module, "beamtalk_found_twice.beam", code(Module, 3)),
    ?assertMatch(#{others := []}, beamtalk_workspace_guest:compared([{Module, 3}])),
    ?assertMatch(#{others := [{Module, <<"beamtalk_found_twice.beam">>}]},
                 beamtalk_workspace_guest:compared([{Module, 1}])),
    true = code:delete(Module),
    [begin code:del_path(Folder), remove(Folder) end || Folder <- [First, Second]].

%% A folder of the code path that is gone is passed over.
gone_folder_test() ->
    Folder = folder(),
    true = code:add_pathz(Folder),
    remove(Folder),
    ?assertEqual(#{lacking => [?NOWHERE], others => []}, beamtalk_workspace_guest:compared([{?NOWHERE, 1}])),
    code:del_path(Folder).

code(Module, Version) ->
    {ok, Module, Code} = compile:forms([{attribute, 1, module, Module}, {attribute, 1, vsn, Version}]),
    Code.

folder() ->
    string:trim(os:cmd("mktemp -d")).

remove(Folder) ->
    ok = file:del_dir_r(Folder).
