%% @doc What changes a class of a running node: primitives of `Behaviour' that need the workspace.
%% Runs in the sender's process.
-module(beamtalk_workspace_class).

-export([reload/1, compile/3, try_compile/3, precheck_compile/3, remove_selector/2, remove_class/1]).

-type class() :: {'$class' | '$metaclass', module()}.

%% @doc Loads the class again from its file.
-spec reload(class()) -> class().
reload({_, Module} = Class) ->
    Name = beamtalk_class:name(Module),
    #{classes := _} = beamtalk_workspace_compiler:ask(reload, Name, Name, reload),
    io:put_chars([<<"Reloaded: ">>, atom_to_binary(Name), <<" (new code loaded)\n">>]),
    Class.

%% @doc Gives the class a method from its source.
-spec compile(class(), atom(), binary()) -> class().
compile(Class, Selector, Source) ->
    compiled(Class, Selector, Source, 'compile:source:').

%% @doc As `compile/3'; nothing of it goes to files.
-spec try_compile(class(), atom(), binary()) -> class().
try_compile(Class, Selector, Source) ->
    compiled(Class, Selector, Source, 'tryCompile:source:').

compiled({Side, Module} = Class, Selector, Source, Message) ->
    Name = beamtalk_class:name(Module),
    Text = beamtalk_check:string(Source, 'Behaviour', Message),
    Method = beamtalk_check:symbol(Selector, 'Behaviour', Message),
    _ = beamtalk_workspace_compiler:ask(compile, {Name, side(Side), Method, Text}, Name, Message),
    Class.

side('$class') -> instance;
side('$metaclass') -> class.

%% @doc Whether a method would compile: `ok', or `message' with what is wrong.
-spec precheck_compile(class(), atom(), binary()) -> map().
precheck_compile({Side, Module}, Selector, Source) ->
    Name = beamtalk_class:name(Module),
    Text = beamtalk_check:string(Source, 'Behaviour', 'precheckCompile:source:'),
    case beamtalk_workspace_toolchain:request({precheck, {Name, side(Side), Selector, Text}}, 30000) of
        {ok, _} -> #{ok => true};
        {error, {refused, Message}} -> #{ok => false, message => Message};
        {error, Reason} -> #{ok => false, message => beamtalk_print:brief(Reason)}
    end.

%% @doc Takes a method out of the class.
-spec remove_selector(class(), atom()) -> class().
remove_selector({Side, Module} = Class, Selector) ->
    Name = beamtalk_class:name(Module),
    _ = beamtalk_workspace_compiler:ask(remove_selector, {Name, side(Side), Selector}, Name, 'removeSelector:'),
    Class.

%% @doc Takes the class out of the node. Its living actors, and classes below it, forbid that.
-spec remove_class(class()) -> nil.
remove_class({_, Module}) ->
    Name = beamtalk_class:name(Module),
    lists:prefix("bt@stdlib@", atom_to_list(Module)) andalso
        refuse(Name, <<" belongs to the class library and cannot be removed">>),
    beamtalk_registry:subclasses(Module) =:= [] orelse
        refuse(Name, <<" has subclasses and cannot be removed">>),
    [Pid || {Pid, Of} <- beamtalk_actor:living(), Of =:= Module] =:= [] orelse
        refuse(Name, <<" has living actors and cannot be removed">>),
    ok = beamtalk_registry:unregister([Module]),
    _ = [code:soft_purge(Module), code:delete(Module), code:soft_purge(Module)],
    _ = beamtalk_workspace_toolchain:request({forget, Name}, 5000),
    nil.

-spec refuse(atom(), binary()) -> no_return().
refuse(Name, Why) ->
    beamtalk_exception:raise(unsupported, Name, removeFromSystem, [atom_to_binary(Name), Why], nil).
