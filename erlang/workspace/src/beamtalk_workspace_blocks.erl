%% @doc Whether blocks of a module are still kept somewhere in this node. Purging code does not look
%% for funs: one that is called after its code is gone fails. But the system counts the funs of
%% each place in the code, and a fun of one's own for that place shows the count. Runs in the
%% caller's process.
-module(beamtalk_workspace_blocks).

%% `refc' is an item of `erlang:fun_info/2' that its types leave out.
-dialyzer({nowarn_function, [places/3, references/6]}).

-export([count/1, are_kept/2]).

%% @doc How many funs of this object code there are, garbage that is not collected yet included,
%% and counting what the code itself holds; 0 where it makes none. Compare with the count before
%% the code has run.
-spec count(binary()) -> non_neg_integer().
count(Beam) ->
    {ok, {Module, [{"FunT", Chunk}]}} = beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]),
    places(Module, Beam, Chunk).

%% @doc Whether there are more funs of this code than there were before it ran. Where that is not
%% known, each place in the code is taken to hold one.
-spec are_kept(binary(), non_neg_integer() | unknown) -> boolean().
are_kept(Beam, unknown) ->
    {ok, {_, [{"FunT", Chunk}]}} = beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]),
    case Chunk of
        missing_chunk -> false;
        <<Places:32, _/binary>> -> count(Beam) > Places
    end;
are_kept(Beam, Before) ->
    Before > 0 andalso count(Beam) > Before.

places(_Module, _Beam, missing_chunk) ->
    0;
places(Module, Beam, <<_Count:32, Entries/binary>>) ->
    Md5 = code:module_md5(Beam),
    lists:sum([references(Module, Md5, Arity, Index, Free, Uniq)
               || <<_Name:32, Arity:32, _Label:32, Index:32, Free:32, Uniq:32>> <= Entries]).

%% The table of funs counts the arguments together with the captured variables.
references(Module, Md5, Arity, Index, Free, Uniq) ->
    Fun = binary_to_term(external(Module, Md5, Arity - Free, Index, Free, Uniq)),
    {refc, Count} = erlang:fun_info(Fun, refc),
    Count - 1.

%% A fun in the external term format: tag 112, with `nil' for each captured variable.
external(Module, Md5, Arity, Index, Free, Uniq) ->
    Body = [<<Arity:8, Md5/binary, Index:32, Free:32>>, term(Module), term(Index), term(Uniq), term(self()),
            lists:duplicate(Free, term(nil))],
    Size = iolist_size(Body) + 4,
    iolist_to_binary([<<131, 112, Size:32>>, Body]).

term(Term) ->
    <<131, Encoded/binary>> = term_to_binary(Term),
    Encoded.
